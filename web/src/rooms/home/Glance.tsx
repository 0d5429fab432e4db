// The figures of the workspace: how many, how active, how they grew, how they can be reached.
import { TimeChart } from "@/charts/kinds";
import { useFormats } from "@/ui/numbers";
import { Figure, Panel } from "@/ui/PageShell";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { AtAGlance } from "./asking";
import { WORDS } from "./words";

export function KeyFigures({ one }: { one: AtAGlance }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const share = (n: number) => (one.people ? t.ofAll(f.share(n / one.people)) : undefined);
  return (
    <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
      <Figure label={t.people} value={f.count(one.people)} />
      <Figure label={t.active} value={f.count(one.active_30d)} note={share(one.active_30d)} />
      <Figure label={t.fresh} value={f.count(one.new_30d)} note={share(one.new_30d)} />
      <Figure label={t.records} value={f.count(one.records)} note={t.recordsNote(f.count(one.people))} />
    </div>
  );
}

export function Growth({ one }: { one: AtAGlance }) {
  const t = useWords(WORDS);
  const months = one.growth;
  const series = [
    { name: t.total, values: months.map((month) => month.total) },
    { name: t.added, values: months.map((month) => month.new), bar: true },
  ];
  return (
    <Panel title={t.growth}>
      <TimeChart name={t.growth} at={months.map((month) => month.month)} series={series} />
    </Panel>
  );
}

export function Reachable({ one }: { one: AtAGlance }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  return (
    <Panel title={t.reachable}>
      <ul className="reach">
        {one.reachable.map((channel) => {
          const share = one.people ? channel.people / one.people : 0;
          return (
            <li key={channel.channel}>
              <span>{labelOf({ name: channel.channel, zh: channel.zh, en: channel.en }, lang)}</span>
              <span className="num">
                {f.count(channel.people)} <span className="quiet">{f.share(share)}</span>
              </span>
              <span className="bar" aria-hidden>
                <i style={{ width: `${share * 100}%` }} />
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
