// What stands to the right of an operator: one value, a pair, a list, a number of days, weekdays or months.
import { Input, InputNumber, Select } from "antd";
import { MultiSelect } from "@/ui/MultiSelect";
import { useFormats } from "@/ui/numbers";
import { useLang, useWords } from "@/ui/words";
import { DayInput, DaysInput } from "./dates";
import { type Kind, needOf, type Op, type Scalar, type Value } from "./rule";
import { WORDS } from "./words";

export interface Known {
  value: string;
  /** What a value that is a code is called. */
  zh?: string;
  en?: string;
  count?: number;
}

interface Props {
  kind: Kind;
  op: Op;
  value: Value | undefined;
  onChange: (value: Value) => void;
  /** Values seen so far; others may be typed. */
  known?: readonly Known[] | null;
  unit?: string | null;
  name: string;
}

export function ValueInput(props: Props) {
  const t = useWords(WORDS);
  const { kind, op, value, onChange, name } = props;
  const items = Array.isArray(value) ? (value as Scalar[]) : [];
  switch (needOf(op)) {
    case "nothing":
      return null;
    case "text":
      return <Input aria-label={name} value={typeof value === "string" ? value : ""} onChange={(event) => onChange(event.target.value)} style={{ width: 180 }} />;
    case "days":
      return (
        <span className="row">
          <InputNumber aria-label={name} min={1} precision={0} value={typeof value === "number" ? value : null} onChange={(n) => onChange(n)} style={{ width: 96 }} /> {t.days}
        </span>
      );
    case "pair":
      return (
        <span className="row">
          <One {...props} name={`${name} ${t.from}`} value={items[0]} onChange={(low) => onChange([low as Scalar, items[1] as Scalar])} />
          {t.to}
          <One {...props} name={`${name} ${t.to}`} value={items[1]} onChange={(high) => onChange([items[0] as Scalar, high as Scalar])} />
        </span>
      );
    case "weekday":
      return <Numbers name={name} labels={t.weekdays.split(",")} value={value} onChange={onChange} />;
    case "month":
      return <Numbers name={name} labels={Array.from({ length: 12 }, (_, i) => String(i + 1))} value={value} onChange={onChange} />;
    case "list":
      return kind === "date" ? <Days {...props} items={items} /> : <Many {...props} items={items} />;
    default:
      return <One {...props} value={Array.isArray(value) ? undefined : value} />;
  }
}

function Numbers({ labels, value, onChange, name }: { labels: string[]; value: Value | undefined; onChange: (value: Value) => void; name: string }) {
  const chosen = Array.isArray(value) ? (value as number[]) : typeof value === "number" ? [value] : [];
  const options = labels.map((label, at) => ({ value: at + 1, label }));
  return <MultiSelect aria-label={name} value={chosen} options={options} onChange={(next) => onChange([...next].sort((a, b) => a - b))} style={{ minWidth: 160 }} />;
}

function useOptions(known: readonly Known[] | null | undefined) {
  const f = useFormats();
  const lang = useLang();
  return (known ?? []).map((one) => ({ value: one.value, label: one[lang] || one.value, note: one.count === undefined ? "" : f.compact(one.count) }));
}

const showOption = (option: { label?: unknown; data: { note: string } }) => (
  <span className="row" style={{ justifyContent: "space-between", flexWrap: "nowrap" }}>
    <span>{String(option.label)}</span>
    <small className="quiet">{option.data.note}</small>
  </span>
);

function Many({ items, onChange, known, kind, name }: Props & { items: Scalar[] }) {
  const options = useOptions(known);
  const numeric = kind === "number" || kind === "money";
  // Typed and left, a value is named by its label.
  const valueOf = (said: string): string => (options.some((one) => one.value === said) ? said : (options.find((one) => one.label === said)?.value ?? said));
  const read = (said: string): Scalar | null => (numeric ? (Number.isFinite(Number(said)) ? Number(said) : null) : valueOf(said));
  return (
    <MultiSelect
      mode="tags"
      aria-label={name}
      value={items.map(String)}
      options={options}
      optionRender={showOption as never}
      optionFilterProp="label"
      tokenSeparators={[",", "，", "、", ";", "；", "\n"]}
      onChange={(next: string[]) => onChange([...new Set(next.map(read).filter((one) => one !== null))])}
      style={{ minWidth: 200, maxWidth: 420 }}
    />
  );
}

function Days({ items, onChange, name }: Props & { items: Scalar[] }) {
  const chosen = items.flatMap((one) => (typeof one === "object" && "day" in one ? [one.day] : []));
  return <DaysInput name={name} value={chosen} onChange={(days) => onChange(days.map((day) => ({ day })))} />;
}

function One({ kind, value, onChange, known, unit, name }: Omit<Props, "value"> & { value: Value | undefined }) {
  const t = useWords(WORDS);
  const options = useOptions(known);
  switch (kind) {
    case "number":
    case "money":
      return <InputNumber aria-label={name} value={typeof value === "number" ? value : null} onChange={(n) => onChange(n)} suffix={unit ?? undefined} style={{ width: 130 }} />;
    case "yesno":
      return (
        <Select
          aria-label={name}
          value={typeof value === "boolean" ? value : undefined}
          onChange={onChange}
          options={[
            { value: true, label: t.yes },
            { value: false, label: t.no },
          ]}
          style={{ width: 90 }}
        />
      );
    case "date":
    case "moment":
      return <When kind={kind} value={value} onChange={onChange} name={name} />;
    default:
      return (
        <Select
          showSearch
          mode={options.length ? undefined : "tags"}
          maxCount={options.length ? undefined : 1}
          aria-label={name}
          value={options.length ? ((value as string | undefined) || undefined) : value ? [value as string] : []}
          options={withTyped(options, value)}
          optionRender={showOption as never}
          onChange={(next: string | string[]) => onChange(Array.isArray(next) ? (next.at(-1) ?? "") : next)}
          onSearch={options.length ? undefined : () => undefined}
          style={{ minWidth: 150, maxWidth: 320 }}
        />
      );
  }
}

/** A value that was typed, or has gone since, is shown beside those that were seen. */
function withTyped(options: { value: string; label: string; note: string }[], value: Value | undefined) {
  const typed = typeof value === "string" && value !== "" && !options.some((one) => one.value === value);
  return typed ? [{ value, label: value, note: "" }, ...options] : options;
}

function When({ kind, value, onChange, name }: { kind: "date" | "moment"; value: Value | undefined; onChange: (value: Value) => void; name: string }) {
  const said = value && typeof value === "object" && !Array.isArray(value) ? ("day" in value ? value.day : value.moment) : null;
  const timed = kind === "moment" && value !== undefined && value !== null && typeof value === "object" && "moment" in value;
  return <DayInput name={name} timed={timed} value={said} onChange={(next) => onChange(next === null ? null : timed ? { moment: next } : { day: next })} />;
}
