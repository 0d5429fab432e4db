// Days and moments to be chosen from a calendar; loaded when the first is shown, for calendars are heavy.
import { DatePicker } from "antd";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn"; // the names of months and weekdays; antd chooses the language

interface DayProps {
  name: string;
  value: string | null;
  onChange: (day: string | null) => void;
  /** With the time of the day, to the minute. */
  timed?: boolean;
  clear?: boolean;
}

const DAY = "YYYY-MM-DD";

export function DayInput({ name, value, onChange, timed = false, clear = true }: DayProps) {
  return (
    <DatePicker
      aria-label={name}
      allowClear={clear}
      showTime={timed ? { format: "HH:mm" } : false}
      value={value ? dayjs(value) : null}
      onChange={(next) => onChange(next && !Array.isArray(next) ? next.format(timed ? `${DAY}THH:mm:ss` : DAY) : null)}
    />
  );
}

export function DaysInput({ name, value, onChange }: { name: string; value: readonly string[]; onChange: (days: string[]) => void }) {
  return <DatePicker multiple aria-label={name} value={value.map((day) => dayjs(day))} onChange={(next) => onChange((Array.isArray(next) ? next : []).map((day) => day.format(DAY)))} />;
}

export function RangeInput({ start, end, onChange }: { start: string; end: string; onChange: (start: string, end: string) => void }) {
  return <DatePicker.RangePicker allowClear={false} value={[dayjs(start), dayjs(end)]} onChange={(range) => range?.[0] && range[1] && onChange(range[0].format(DAY), range[1].format(DAY))} />;
}
