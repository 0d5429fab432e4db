// How a tag is worked out, in words: a sentence, a table of levels, or values with their conditions.
import { Tag as Mark } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useVocabulary, fieldOf } from "@/rule-editor/vocabulary";
import { useFormats } from "@/ui/numbers";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type How, type Tag, wordsQuery } from "./asking";
import { WORDS } from "./words";

export function HowSaid({ tag }: { tag: Tag }): ReactNode {
  const lang = useLang();
  const said = useQuery(wordsQuery(tag)).data;
  const measure = said?.measures[0]?.[lang] ?? "…";
  const rules = said?.rules.map((rule) => rule[lang]) ?? [];
  const how = tag.how;
  switch (how.kind) {
    case "measure":
      return <strong>{measure}</strong>;
    case "levels":
      return <CutUp how={how} measure={measure} />;
    case "preference":
      return <Preferred how={how} measure={measure} />;
    case "rules":
    case "derived":
      return <Cases cases={how.cases} rules={rules} />;
    default:
      return <Plain how={how} rule={rules[0] ?? "…"} />;
  }
}

/** What is said in one line. */
function Plain({ how, rule }: { how: Extract<How, { kind: "attribute" | "rule" | "manual" | "list" }>; rule: string }) {
  const t = useWords(WORDS);
  const labelled = useLabelled();
  const line = (label: string, what: ReactNode) => (
    <p>
      {label}: <strong>{what}</strong>
    </p>
  );
  switch (how.kind) {
    case "attribute":
      return line(t.fromField, labelled(how.field));
    case "rule":
      return line(t.yesIf, rule);
    case "list":
      return line(t.onList, how.list);
    case "manual":
      return line(`${t.setByHand} · ${t.allowed}`, how.values?.length ? how.values.map((one) => <Mark key={one}>{one}</Mark>) : t.anyValue);
  }
}

function CutUp({ how, measure }: { how: Extract<How, { kind: "levels" }>; measure: string }) {
  const t = useWords(WORDS);
  const labelled = useLabelled();
  const words = useVocabulary().data;
  const kind = words && typeof how.of === "string" ? fieldOf(words, how.of)?.kind : undefined;
  const timed = kind === "date" || kind === "moment";
  return (
    <>
      <p>
        {t.cutFrom}: <strong>{typeof how.of === "string" ? labelled(how.of) : measure}</strong> {timed && <span className="quiet">{t.inYears}</span>}
      </p>
      <Levels levels={how.levels} />
    </>
  );
}

function Preferred({ how, measure }: { how: { least_share?: number; least_count?: number }; measure: string }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const least = [how.least_share ? t.leastShare(f.share(how.least_share)) : "", (how.least_count ?? 1) > 1 ? t.leastCount(f.count(how.least_count ?? 1)) : ""].filter(Boolean);
  return (
    <p>
      <strong>{measure}</strong>
      {least.map((one) => ` · ${one}`)}
    </p>
  );
}

function Cases({ cases, rules }: { cases: readonly { value: string; en?: string }[]; rules: readonly string[] }) {
  const t = useWords(WORDS);
  return (
    <>
      <p className="quiet">{t.firstWins}</p>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{t.value}</th>
            <th scope="col">{t.when}</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((one, at) => (
            <tr key={at}>
              <td style={{ whiteSpace: "nowrap" }}>
                <ValueSaid one={one} />
              </td>
              <td>{rules[at] ?? "…"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Returns what a field, score or tag is called. */
export function useLabelled(): (name: string) => string {
  const lang = useLang();
  const words = useVocabulary().data;
  return (name) => labelOf(words ? (fieldOf(words, name) ?? { name }) : { name }, lang);
}

/** A value in the reader's language, with the value itself where that is another. */
function ValueSaid({ one }: { one: { value: string; en?: string } }) {
  const lang = useLang();
  if (lang === "zh" || !one.en || one.en === one.value) return <>{one.value}</>;
  return (
    <>
      {one.en} <small className="quiet">{one.value}</small>
    </>
  );
}

interface Level {
  value: string;
  en?: string;
  least?: number | null;
  below?: number | null;
}

function Levels({ levels }: { levels: readonly Level[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const range = ({ least, below }: Level): string => {
    if (least == null) return below == null ? t.anything : t.below(f.amount(below));
    return below == null ? t.least(f.amount(least)) : t.between(f.amount(least), f.amount(below));
  };
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">{t.level}</th>
          <th scope="col">{t.range}</th>
        </tr>
      </thead>
      <tbody>
        {levels.map((one, at) => (
          <tr key={at}>
            <td>
              <ValueSaid one={one} />
            </td>
            <td>{range(one)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
