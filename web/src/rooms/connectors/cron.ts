// A cron expression in plain words, where it is a plain one; others are told by the times that come of them.

export type Reading =
  | { kind: "minutes"; every: number }
  | { kind: "hours"; every: number; minute: number }
  | { kind: "daily"; at: string }
  | { kind: "weekly"; at: string; days: number[] }
  | { kind: "monthly"; at: string; days: number[] }
  | null;

const NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Returns whole numbers, lists and ranges of them in a field; null where it is anything else. */
function numbersOf(field: string, least: number, most: number): number[] | null {
  const out = new Set<number>();
  for (const part of field.toLowerCase().split(",")) {
    const [first, last, more] = part.split("-").map((word) => (NAMES.includes(word) ? NAMES.indexOf(word) : /^\d+$/.test(word) ? Number(word) : NaN));
    const end = last ?? first;
    if (first === undefined || end === undefined || more !== undefined || Number.isNaN(first) || Number.isNaN(end)) return null;
    if (first < least || end > most || end < first) return null;
    for (let n = first; n <= end; n++) out.add(n);
  }
  return [...out].sort((a, b) => a - b);
}

const every = (field: string): number | null => (field === "*" ? 1 : /^\*\/\d+$/.test(field) ? Number(field.slice(2)) : null);
const two = (n: number): string => String(n).padStart(2, "0");

/** Reads an expression of five fields; null where plain words would not do. */
export function readCron(cron: string): Reading {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) return null;
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string];
  if (month !== "*") return null;
  const minutes = numbersOf(minute, 0, 59);
  const hours = numbersOf(hour, 0, 23);
  const anyDay = day === "*" && weekday === "*";
  const step = every(minute);
  if (step !== null && hour === "*" && anyDay) return 60 % step === 0 ? { kind: "minutes", every: step } : null;
  if (minutes?.length !== 1) return null;
  const hourly = every(hour);
  if (hourly !== null && anyDay) return 24 % hourly === 0 ? { kind: "hours", every: hourly, minute: minutes[0]! } : null;
  if (hours === null) return null;
  const at = hours.map((one) => `${two(one)}:${two(minutes[0]!)}`).join(" ");
  if (anyDay) return { kind: "daily", at };
  const weekdays = day === "*" ? numbersOf(weekday, 0, 7) : null;
  if (weekdays) return { kind: "weekly", at, days: [...new Set(weekdays.map((one) => one % 7))].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7)) };
  const days = weekday === "*" ? numbersOf(day, 1, 31) : null;
  return days ? { kind: "monthly", at, days } : null;
}
