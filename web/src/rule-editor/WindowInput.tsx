// When the events of a measure happened.
import { InputNumber, Select } from "antd";
import { useWords } from "@/ui/words";
import { DayInput, RangeInput } from "./dates";
import type { Window } from "./rule";
import { WORDS } from "./words";

/** Returns the local day so many days ago. */
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toLocaleDateString("sv-SE");

const FRESH: Record<Window["node"], () => Window> = {
  ever: () => ({ node: "ever" }),
  last: () => ({ node: "last", n: 30, unit: "days" }),
  ago: () => ({ node: "ago", start_days: 60, end_days: 30 }),
  between: () => ({ node: "between", start: daysAgo(30), end: daysAgo(0) }),
  since: () => ({ node: "since", start: `${daysAgo(0).slice(0, 4)}-01-01` }),
  calendar: () => ({ node: "calendar", which: "this", unit: "month" }),
};

export function WindowInput({ value, onChange }: { value: Window; onChange: (value: Window) => void }) {
  const t = useWords(WORDS);
  const kinds = Object.entries(t.windows).map(([kind, label]) => ({ value: kind, label }));
  return (
    <span className="row">
      <Select aria-label={t.window} value={value.node} options={kinds} onChange={(kind) => onChange(FRESH[kind as Window["node"]]())} popupMatchSelectWidth={false} />
      <Parts value={value} onChange={onChange} />
    </span>
  );
}

function Parts({ value, onChange }: { value: Window; onChange: (value: Window) => void }) {
  const t = useWords(WORDS);
  switch (value.node) {
    case "ever":
      return null;
    case "last":
      return (
        <>
          <InputNumber aria-label={`${t.window} ${t.value}`} min={1} precision={0} value={value.n} onChange={(n) => n && onChange({ ...value, n })} style={{ width: 80 }} />
          <Select aria-label={`${t.window} ${t.days}`} value={value.unit} options={Object.entries(t.units).map(([unit, label]) => ({ value: unit, label }))} onChange={(unit) => onChange({ ...value, unit: unit as typeof value.unit })} popupMatchSelectWidth={false} />
        </>
      );
    case "ago":
      return (
        <>
          <InputNumber aria-label={t.from} min={value.end_days + 1} precision={0} value={value.start_days} onChange={(n) => n && onChange({ ...value, start_days: n })} style={{ width: 80 }} />
          {t.to}
          <InputNumber aria-label={t.to} min={0} max={value.start_days - 1} precision={0} value={value.end_days} onChange={(n) => n !== null && onChange({ ...value, end_days: n })} style={{ width: 80 }} />
          {t.daysAgo}
        </>
      );
    case "between":
      return (
        <RangeInput start={value.start} end={value.end} onChange={(start, end) => onChange({ ...value, start, end })} />
      );
    case "since":
      return <DayInput name={t.from} clear={false} value={value.start} onChange={(start) => start && onChange({ ...value, start })} />;
    case "calendar": {
      const options = Object.entries(t.calendars).map(([key, label]) => ({ value: key, label }));
      return (
        <Select
          aria-label={t.windows.calendar}
          value={`${value.which} ${value.unit}`}
          options={options}
          onChange={(key) => {
            const [which, unit] = key.split(" ") as [typeof value.which, typeof value.unit];
            onChange({ ...value, which, unit });
          }}
          popupMatchSelectWidth={false}
        />
      );
    }
  }
}
