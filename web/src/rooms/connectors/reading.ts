// A cron expression as a person of either language says it.
import { readCron } from "./cron";
import { useScheduleWords } from "./schedule-words";

/** Returns what says an expression in plain words, or that its times must tell. */
export function useReading(): (cron: string) => string {
  const t = useScheduleWords();
  return (cron) => {
    const reading = readCron(cron);
    switch (reading?.kind) {
      case "minutes":
        return t.reading.minutes(String(reading.every));
      case "hours":
        return t.reading.hours(String(reading.every), String(reading.minute));
      case "daily":
        return t.reading.daily(reading.at.replace(/ /g, t.and));
      case "weekly": {
        const names = t.weekdays.split(" ");
        return t.reading.weekly(reading.days.map((day) => names[day]).join(t.and), reading.at.replace(/ /g, t.and));
      }
      case "monthly":
        return t.reading.monthly(reading.days.join(t.and), reading.at.replace(/ /g, t.and));
      default:
        return t.reading.other;
    }
  };
}
