// The rows of the last days as a row of bars; odd days stand out.
import { useFormats } from "@/ui/numbers";
import { useWords } from "@/ui/words";
import type { EventQuality } from "./asking";
import { WORDS } from "./words";

const HEIGHT = 24;
const STEP = 5;

export function Spark({ of, odd }: { of: EventQuality["days"]; odd: EventQuality["anomalies"] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const most = Math.max(1, ...of.map(({ rows }) => rows));
  const days = new Set(odd.map(({ day }) => day));
  const said = t.recentOf(of[0]?.day ?? "", of.at(-1)?.day ?? "", f.count(most));
  return (
    <svg className="spark" role="img" aria-label={said} width={of.length * STEP} height={HEIGHT} viewBox={`0 0 ${of.length * STEP} ${HEIGHT}`}>
      {of.map(({ day, rows }, place) => {
        const height = days.has(day) ? Math.max(3, (rows / most) * HEIGHT) : (rows / most) * HEIGHT;
        return <rect key={day} className={days.has(day) ? "is-odd" : undefined} x={place * STEP} y={HEIGHT - height} width={STEP - 1} height={height} />;
      })}
    </svg>
  );
}
