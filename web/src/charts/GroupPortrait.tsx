// What a group is like next to everybody: where they live, what stands out, and each tag's distribution.
import { Segmented } from "antd";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { labelOf, type Lang, useLang, useWords, words } from "@/ui/words";
import { ChinaMap, type RegionRow } from "./ChinaMap";
import { Histogram, TgiBars, WordCloud } from "./kinds";

export type PortraitOf = Schemas["PortraitAnswer"];

const WORDS = words({
  zh: {
    region: "地域分布",
    cloud: "突出特征",
    cloudHint: "字越大,比全体越突出(TGI 越高)",
    coverage: (share: string) => `${share} 有值`,
    yes: "是",
    no: "否",
    sort: "排序",
    byShare: "按占比",
    byTgi: "按 TGI",
    families: { field: "属性", score: "模型分", basic: "基础标签", behaviour: "行为标签", preference: "偏好标签", value: "价值标签" } as Record<string, string>,
  },
  en: {
    region: "Where they live",
    cloud: "What stands out",
    cloudHint: "The larger, the more it stands out against everybody (the higher its TGI)",
    coverage: (share: string) => `known for ${share}`,
    yes: "yes",
    no: "no",
    sort: "Order",
    byShare: "by share",
    byTgi: "by TGI",
    families: { field: "Attributes", score: "Scores", basic: "Basic tags", behaviour: "Behaviour tags", preference: "Preference tags", value: "Value tags" } as Record<string, string>,
  },
});

const LEAST = 5; // a feature of fewer people says little of a group

const said = (value: string, t: { yes: string; no: string }): string => ({ true: t.yes, false: t.no })[value] ?? value;

/** Returns the features that stand out, heaviest first: how far above everybody, by how many have it. */
export function standingOut(drawn: readonly PortraitOf[], lang: Lang): { text: string; weight: number; note: string }[] {
  return drawn
    .filter((one) => !["province", "city", "district"].includes(one.name))
    .flatMap((one) =>
      one.shares
        .filter((row) => row.tgi !== null && row.tgi > 105 && row.count >= LEAST && row.value !== "false")
        .map((row) => ({
          text: row.value === "true" ? labelOf(one, lang) : row[lang] || row.value,
          weight: Math.log(row.tgi! / 100) * Math.sqrt(row.share),
          note: `${labelOf(one, lang)} · TGI ${Math.round(row.tgi!)}`,
        })),
    )
    .sort((a, b) => b.weight - a.weight)
    .filter((one, at, all) => all.findIndex((other) => other.text === one.text) === at)
    .slice(0, 40);
}

export function GroupPortrait({ drawn, onPick }: { drawn: readonly PortraitOf[]; onPick?: (name: string, value: string) => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const [order, setOrder] = useState<"share" | "tgi">("share");
  const of = (name: string): RegionRow[] => drawn.find((one) => one.name === name)?.shares.filter((row) => row.count > 0) ?? [];
  const cloud = standingOut(drawn, lang);
  const shown = drawn.filter((one) => one.known > 0 && !["province", "city", "district"].includes(one.name) && (one.numbers || one.shares.length > 0));
  const families = [...new Set(shown.map((one) => one.family ?? one.group))];
  return (
    <>
      <div className="grid" style={{ "--least": "420px" } as React.CSSProperties}>
        {of("province").length > 0 && (
          <Panel title={t.region}>
            <ChinaMap provinces={of("province")} cities={of("city")} />
          </Panel>
        )}
        {cloud.length > 0 && (
          <Panel title={t.cloud}>
            <WordCloud words={cloud} name={t.cloud} />
            <p className="quiet">{t.cloudHint}</p>
          </Panel>
        )}
      </div>
      <div className="row no-print">
        <span className="quiet">{t.sort}</span>
        <Segmented
          value={order}
          onChange={setOrder}
          options={[
            { value: "share", label: t.byShare },
            { value: "tgi", label: t.byTgi },
          ]}
        />
      </div>
      {families.map((family) => (
        <section key={family} aria-label={t.families[family] ?? family}>
          <h2 style={{ fontSize: 16, fontWeight: 600, margin: "8px 0" }}>{t.families[family] ?? family}</h2>
          <div className="grid" style={{ "--least": "360px" } as React.CSSProperties}>
            {shown
              .filter((one) => (one.family ?? one.group) === family)
              .map((one) => (
                <PortraitPanel key={one.name} of={one} order={order} onPick={onPick} />
              ))}
          </div>
        </section>
      ))}
    </>
  );
}

export function PortraitPanel({ of, order = "share", onPick }: { of: PortraitOf; order?: "share" | "tgi"; onPick?: (name: string, value: string) => void }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const title = labelOf(of, lang);
  return (
    <Panel
      title={
        <>
          {title} <small className="quiet">{t.coverage(f.share(of.coverage))}</small>
        </>
      }
    >
      <PortraitChart of={of} order={order} onPick={onPick} />
    </Panel>
  );
}

export function PortraitChart({ of, order = "share", onPick }: { of: PortraitOf; order?: "share" | "tgi"; onPick?: (name: string, value: string) => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  if (of.numbers) {
    const { edges, bars, bars_all, mean, mean_all } = of.numbers;
    return <Histogram name={labelOf(of, lang)} edges={edges} bars={bars} barsAll={bars_all} mean={mean} meanAll={mean_all} />;
  }
  const rows = of.shares.map((row) => ({ ...row, label: row[lang] || said(row.value, t) }));
  if (order === "tgi") rows.sort((a, b) => (b.tgi ?? 0) - (a.tgi ?? 0));
  return <TgiBars rows={rows} onPick={onPick && ((value) => onPick(of.name, value))} />;
}
