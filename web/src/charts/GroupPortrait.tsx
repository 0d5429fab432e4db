// What a group is like next to everybody: where they live, what stands out, and each tag's distribution.
import { Collapse, Segmented } from "antd";
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
    telling: "与全体差别最大的",
    everything: "全部属性与标签",
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
    telling: "Where they differ most",
    everything: "Every attribute and tag",
    byShare: "by share",
    byTgi: "by TGI",
    families: { field: "Attributes", score: "Scores", basic: "Basic tags", behaviour: "Behaviour tags", preference: "Preference tags", value: "Value tags" } as Record<string, string>,
  },
});

const LEAST = 5; // a feature of fewer people says little of a group

type ShareOf = PortraitOf["shares"][number];

const said = (row: ShareOf, lang: Lang, t: { yes: string; no: string }): string => row[lang] || ({ true: t.yes, false: t.no }[row.value] ?? row.value);

/** How far a group stands from everybody in one column: the share of people who would have to be others. */
export function distanceOf(one: PortraitOf): number {
  if (one.numbers) {
    const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0) || 1;
    const [mine, all] = [one.numbers.bars, one.numbers.bars_all];
    const [mineSum, allSum] = [sum(mine), sum(all)];
    return mine.reduce((total, n, at) => total + Math.abs(n / mineSum - (all[at] ?? 0) / allSum), 0) / 2;
  }
  return one.shares.reduce((total, row) => total + Math.abs(row.share - row.share_all), 0) / 2;
}

const REGIONS = ["province", "city", "district"];
const TELLING = 9; // panels shown before one asks for more

/** A value as it is understood by itself: a short one needs the name of what it is of. */
function spoken(row: ShareOf, one: PortraitOf, lang: Lang): string {
  const value = row[lang] || row.value;
  if (row.value === "true") return labelOf(one, lang);
  return value.length < 3 ? `${labelOf(one, lang)}: ${value}` : value;
}

/** Returns the features that stand out, heaviest first: how far above everybody, by how many have it. */
export function standingOut(drawn: readonly PortraitOf[], lang: Lang): { text: string; weight: number; note: string }[] {
  return drawn
    .filter((one) => !REGIONS.includes(one.name))
    .flatMap((one) =>
      one.shares
        .filter((row) => row.tgi !== null && row.tgi > 105 && row.count >= LEAST && row.value !== "false")
        .map((row) => ({
          text: spoken(row, one, lang),
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
  const shown = drawn.filter((one) => one.known > 0 && !REGIONS.includes(one.name) && (one.numbers || one.shares.length > 0));
  const telling = [...shown].sort((a, b) => distanceOf(b) * b.coverage - distanceOf(a) * a.coverage).slice(0, TELLING);
  const families = [...new Set(shown.map((one) => one.family ?? one.group))];
  const panels = (list: readonly PortraitOf[]) => (
    <div className="grid" style={{ "--least": "360px" } as React.CSSProperties}>
      {list.map((one) => (
        <PortraitPanel key={one.name} of={one} order={order} onPick={onPick} />
      ))}
    </div>
  );
  return (
    <>
      <div className="grid" style={{ "--least": "420px" } as React.CSSProperties}>
        {of("province").length > 0 && (
          <Panel title={t.region}>
            <ChinaMap provinces={of("province")} cities={of("city")} districts={of("district")} />
          </Panel>
        )}
        {cloud.length > 0 && (
          <Panel title={t.cloud}>
            <WordCloud words={cloud} name={t.cloud} />
            <p className="quiet">{t.cloudHint}</p>
          </Panel>
        )}
      </div>
      <div className="row">
        <h2 className="section-head">{t.telling}</h2>
        <span style={{ flex: 1 }} />
        <span className="quiet no-print">{t.sort}</span>
        <Segmented
          className="no-print"
          value={order}
          onChange={setOrder}
          options={[
            { value: "share", label: t.byShare },
            { value: "tgi", label: t.byTgi },
          ]}
        />
      </div>
      {panels(telling)}
      <h2 className="section-head no-print">{t.everything}</h2>
      <Collapse
        className="no-print"
        destroyOnHidden
        items={families.map((family) => {
          const list = shown.filter((one) => (one.family ?? one.group) === family);
          return { key: family, label: `${t.families[family] ?? family} (${list.length})`, children: panels(list) };
        })}
      />
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
  const rows = of.shares.map((row) => ({ ...row, label: said(row, lang, t) }));
  if (order === "tgi") rows.sort((a, b) => (b.tgi ?? 0) - (a.tgi ?? 0));
  return <TgiBars rows={rows} onPick={onPick && ((value) => onPick(of.name, value))} />;
}

/** One column of two groups: how large each value is in either, and where they part. */
export function PortraitPair({ one, other, names }: { one: PortraitOf; other: PortraitOf; names: readonly string[] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  if (one.numbers && other.numbers) {
    const { edges, bars, mean } = one.numbers;
    return <Histogram name={labelOf(one, lang)} edges={edges} bars={bars} barsAll={other.numbers.bars} mean={mean} meanAll={other.numbers.mean} names={names} />;
  }
  const theirs = new Map(other.shares.map((row) => [row.value, row.share]));
  const rows = one.shares.map((row) => {
    const against = theirs.get(row.value) ?? 0;
    return { ...row, label: said(row, lang, t), share_all: against, tgi: against > 0 ? (row.share / against) * 100 : null };
  });
  return <TgiBars rows={rows} names={names} />;
}
