// Numbers, money, shares, dates and spans of time as a reader of either language writes them.
import { type Lang, useLang } from "./words";

const SPANS = [
  ["day", 86_400, "hour", 3_600],
  ["hour", 3_600, "minute", 60],
  ["minute", 60, "second", 1],
] as const;
const LOCALE: Record<Lang, string> = { zh: "zh-CN", en: "en-GB" };

export interface Formats {
  /** 12,345 */
  count: (value: number) => string;
  /** 1.2万 / 12.3k */
  compact: (value: number) => string;
  /** 12.3% */
  share: (value: number) => string;
  /** up to two decimals */
  amount: (value: number) => string;
  /** 2026-11-22 */
  day: (value: string | Date) => string;
  /** 2026-11-22 14:05 */
  moment: (value: string | Date) => string;
  /** 14:05:09 */
  clock: (value: string | Date) => string;
  /** 3 hours ago */
  ago: (value: string | Date) => string;
  /** 2 min 5 s */
  span: (seconds: number) => string;
  /** 1.4 MB */
  bytes: (value: number) => string;
}

/** The workspace's time zone, in which every moment is shown; the browser's until it is known. */
let zone: string | undefined;

export const setZone = (name: string): void => void (zone = name);

const clocks = new Map<string | undefined, Intl.DateTimeFormat>();

/** Returns what a clock on the workspace's wall showed: 2026-11-22 14:05:09. */
function wall(value: string | Date): string {
  let clock = clocks.get(zone);
  if (!clock) {
    // Swedish writes dates and times as ISO 8601 does.
    clock = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone });
    clocks.set(zone, clock);
  }
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? String(value) : clock.format(moment);
}

const isDay = (value: string | Date): value is string => typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value);

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function make(lang: Lang): Formats {
  const locale = LOCALE[lang];
  const count = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const amount = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const day = (value: string | Date) => (isDay(value) ? value : wall(value).slice(0, 10));
  return {
    count: (value) => count.format(value),
    compact: (value) => (Math.abs(value) < 10_000 ? count.format(value) : compact.format(value)),
    share: (value) => (value > 0 && value < 0.0005 ? `<${share.format(0.001)}` : share.format(value)),
    amount: (value) => amount.format(value),
    day,
    moment: (value) => (isDay(value) ? value : wall(value).slice(0, 16)),
    clock: (value) => wall(value).slice(11, 19),
    ago: (value) => {
      const seconds = (new Date(value).getTime() - Date.now()) / 1000;
      for (const [unit, size] of STEPS) {
        if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
      }
      return relative.format(Math.round(seconds), "second");
    },
    span: (seconds) => {
      const say = (value: number, unit: string) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(value);
      // The largest unit there is any of, and the one below it.
      for (const [unit, size, below, least] of SPANS) {
        if (seconds >= size) return `${say(Math.floor(seconds / size), unit)} ${say(Math.floor((seconds % size) / least), below)}`;
      }
      return say(Math.round(seconds), "second");
    },
    bytes: (value) => {
      const units = ["B", "KB", "MB", "GB", "TB"];
      const power = value > 0 ? Math.min(units.length - 1, Math.floor(Math.log10(value) / 3)) : 0;
      return `${amount.format(value / 1000 ** power)} ${units[power]}`;
    },
  };
}

const FORMATS: Record<Lang, Formats> = { zh: make("zh"), en: make("en") };

/** Returns how the reader's language writes numbers and times. */
export function useFormats(): Formats {
  return FORMATS[useLang()];
}
