// How much came on each of the last days, as small bars; told in words to those who cannot see them.
import { useFormats } from "@/ui/numbers";
import { useWords } from "@/ui/words";
import type { Feed } from "./asking";
import { WORDS } from "./words";

export function Volume({ one }: { one: Feed }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const most = Math.max(1, ...one.days.map((day) => day.rows));
  const all = one.days.reduce((sum, day) => sum + day.rows, 0);
  const some = one.days.filter((day) => day.rows > 0).length;
  return (
    <span className="volume" role="img" aria-label={t.volumeSaid(f.count(all), f.count(some))} title={t.volumeSaid(f.count(all), f.count(some))}>
      {one.days.map((day) => (
        <i key={day.day} style={{ height: day.rows ? `${Math.max(8, (100 * day.rows) / most)}%` : "2px" }} className={day.rows ? "" : "is-none"} />
      ))}
    </span>
  );
}
