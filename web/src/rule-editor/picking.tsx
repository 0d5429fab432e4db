// The one searchable box in which everything that can be asked is found, and the condition it begins.
import { useMemo } from "react";
import { Combo, type Option } from "@/ui/Combo";
import { useFormats } from "@/ui/numbers";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { Kind, Leaf, Op } from "./rule";
import { fieldOf, opsOf, useWordsOfRules, type FieldWord, type Vocabulary } from "./vocabulary";
import { WORDS } from "./words";

const FIRST_OP: Record<Kind, Op> = { text: "in", number: "ge", money: "ge", date: "between", moment: "in_last", yesno: "eq", texts: "has_any" };

/** Returns the condition that a choice begins. */
export function begin(v: Vocabulary, key: string): Leaf {
  const at = key.indexOf(":");
  const [what, name] = [key.slice(0, at), key.slice(at + 1)];
  switch (what) {
    case "event":
      return { node: "measured", op: "ge", value: 1, measure: { fn: "count", event: name, window: { node: "last", n: 30, unit: "days" } } };
    case "audience":
      return { node: "audience", audience: name };
    case "list":
      return { node: "list", list: name };
    case "bucket":
      return { node: "bucket", seed: "sample", start: 0, end: 10 };
    default:
      return compareOf(v, name);
  }
}

export function compareOf(v: Vocabulary, name: string): Leaf {
  const kind = (fieldOf(v, name)?.kind ?? "text") as Kind;
  const wanted = FIRST_OP[kind];
  const op = opsOf(v, kind).includes(wanted) ? wanted : "eq";
  return { node: "compare", field: name, op, value: kind === "yesno" ? true : op === "in" || op === "has_any" ? [] : null };
}

/** Returns the choice that a condition is. */
export function keyOf(leaf: Leaf): string {
  switch (leaf.node) {
    case "compare":
      return `field:${leaf.field}`;
    case "measured":
      return `event:${leaf.measure.event}`;
    case "audience":
      return `audience:${leaf.audience}`;
    case "list":
      return `list:${leaf.list}`;
    case "bucket":
      return "bucket:";
  }
}

const ORDER = ["field", "score", "tag"] as const;

function useChoices(): Option[] {
  const t = useWords(WORDS);
  const lang = useLang();
  const f = useFormats();
  const v = useWordsOfRules();
  return useMemo(() => {
    const detail = (field: FieldWord) => () => (
      <>
        <div>
          {t.kinds[field.kind as Kind]} · <span className="code">{field.name}</span> · {field.hidden ? t.hidden : t.coverage(f.share(field.coverage ?? 0))}
        </div>
        {field.values && field.values.length > 0 && (
          <div className="quiet">
            {t.common}: {field.values.slice(0, 5).map((one) => one[lang] || one.value).join("、")}
          </div>
        )}
      </>
    );
    const fields = [...v.fields].sort((a, b) => ORDER.indexOf(a.group as never) - ORDER.indexOf(b.group as never) || (a.family ?? "").localeCompare(b.family ?? ""));
    const groupOf = (field: FieldWord) => (field.group === "tag" ? (t.families[field.family ?? ""] ?? t.groups.tag) : t.groups[field.group as "field" | "score"]);
    return [
      ...fields.map((field) => ({ key: `field:${field.name}`, label: labelOf(field, lang), also: [field.name, field.zh, field.en, ...(field.values ?? []).flatMap((one) => [one.value, one.zh, one.en].filter(Boolean))], group: groupOf(field), note: t.kinds[field.kind as Kind], disabled: field.hidden, detail: detail(field) })),
      ...v.events.map((event) => ({ key: `event:${event.name}`, label: labelOf(event, lang), also: [event.name, event.zh, event.en], group: t.groups.event, note: f.compact(event.count ?? 0) })),
      ...v.audiences.map((one) => ({ key: `audience:${one.name}`, label: labelOf(one, lang), also: [one.name, one.zh, one.en], group: t.groups.member, note: t.audience })),
      ...v.lists.map((one) => ({ key: `list:${one.name}`, label: labelOf(one, lang), also: [one.name, one.zh, one.en], group: t.groups.member, note: t.list })),
      { key: "bucket:", label: t.bucket, also: ["random", "bucket"], group: t.groups.other },
    ];
  }, [v, t, lang, f]);
}

interface Props {
  chosen?: string;
  onChoose: (leaf: Leaf) => void;
  button?: "default" | "dashed" | "primary";
  children?: React.ReactNode;
  name?: string;
}

export function ConditionPicker({ chosen, onChoose, button, children, name }: Props) {
  const t = useWords(WORDS);
  const v = useWordsOfRules();
  const options = useChoices();
  const gone = chosen !== undefined && !options.some((one) => one.key === chosen);
  const all = gone ? [{ key: chosen, label: chosen.slice(chosen.indexOf(":") + 1) }, ...options] : options;
  return (
    <Combo options={all} chosen={chosen} name={name ?? t.pick} placeholder={t.pickHint} nothing={t.nothingFound} button={button} onChoose={(key) => onChoose(begin(v, key))}>
      {children}
    </Combo>
  );
}
