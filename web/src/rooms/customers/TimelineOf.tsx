// What happened to a person, by day, newest first; the same thing again and again is folded.
import { Button, Tag } from "antd";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, got, type Schemas } from "@/api/client";
import { DayInput } from "@/rule-editor/dates";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { ProblemView } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { ValueOf } from "./showing";
import { WORDS } from "./words";

type Happened = Schemas["EventShown"];

const PAGE = 50;
const FOLD = 3; // as many of the same in a row are shown; of more, one

export function TimelineOf({ person, total }: { person: string; total: number }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const [{ events = "" }, setUrl] = useUrlState<{ events?: string }>();
  const [day, setDay] = useState<string | null>(null);
  const chosen = events ? events.split(",") : [];
  const pages = useInfiniteQuery({
    queryKey: ["person", person, "timeline", events, day],
    queryFn: ({ pageParam }) => got(api.GET("/v1/persons/{who}/timeline", { params: { path: { who: person }, query: { before: pageParam ?? undefined, until: pageParam ? undefined : (day ?? undefined), limit: PAGE, events } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const first = pages.data?.pages[0];
  const all = pages.data?.pages.flatMap((page) => page.events) ?? [];
  const toggle = (name: string) => {
    const next = chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];
    setUrl({ events: next.join(",") });
  };
  return (
    <Panel title={t.timeline} extra={<span className="quiet">{t.total(f.count(total))}</span>} className="timeline-panel">
      <div className="row no-print" style={{ marginBottom: 8 }}>
        {first?.counts.map((one) => (
          <Tag.CheckableTag key={one.event} checked={chosen.includes(one.event)} onChange={() => toggle(one.event)}>
            {labelOf({ name: one.event, zh: one.zh, en: one.en }, lang)} {f.compact(one.count)}
          </Tag.CheckableTag>
        ))}
        <label className="row jump">
          <span className="quiet">{t.jump}</span>
          <DayInput name={t.jump} value={day} onChange={setDay} />
        </label>
      </div>
      {pages.error && <ProblemView error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isSuccess && all.length === 0 && <p className="quiet">{t.noEvents}</p>}
      {byDay(all, f.day).map(({ day: on, events: that }) => (
        <Day key={on} day={on} events={that} />
      ))}
      {pages.hasNextPage && (
        <Button block onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage} className="no-print">
          {t.more}
        </Button>
      )}
    </Panel>
  );
}

function byDay(events: readonly Happened[], dayOf: (at: string) => string): { day: string; events: Happened[] }[] {
  const days: { day: string; events: Happened[] }[] = [];
  for (const one of events) {
    const day = dayOf(one.at);
    if (days.at(-1)?.day === day) days.at(-1)!.events.push(one);
    else days.push({ day, events: [one] });
  }
  return days;
}

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

function Day({ day, events }: { day: string; events: readonly Happened[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const said = { [f.day(daysAgo(0))]: t.today, [f.day(daysAgo(1))]: t.yesterday }[day] ?? day;
  const runs: Happened[][] = [];
  for (const one of events) {
    const last = runs.at(-1);
    if (last?.[0]?.event === one.event) last.push(one);
    else runs.push([one]);
  }
  return (
    <section className="day" aria-label={said}>
      <h3>{said}</h3>
      <ol>
        {runs.map((run) => (
          <Run key={run[0]!.id} run={run} />
        ))}
      </ol>
    </section>
  );
}

/** The same thing several times in a row: folded into one line where there are many. */
function Run({ run }: { run: readonly Happened[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const [open, setOpen] = useState(false);
  const [first] = run;
  if (!first) return null;
  if (run.length <= FOLD || open) {
    return (
      <>
        {run.map((one) => (
          <Event key={one.id} one={one} />
        ))}
        {open && (
          <li>
            <Button size="small" type="link" onClick={() => setOpen(false)}>
              {t.fold}
            </Button>
          </li>
        )}
      </>
    );
  }
  return (
    <li>
      <time dateTime={first.at}>{f.moment(first.at).slice(11)}</time>
      <Button size="small" type="link" aria-expanded={false} onClick={() => setOpen(true)}>
        {labelOf({ name: first.event, zh: first.zh, en: first.en }, lang)} · {t.times(f.count(run.length))}
      </Button>
    </li>
  );
}

function Event({ one }: { one: Happened }) {
  const f = useFormats();
  const lang = useLang();
  return (
    <li>
      <time dateTime={one.at}>{f.moment(one.at).slice(11)}</time>
      <div>
        <strong>{labelOf({ name: one.event, zh: one.zh, en: one.en }, lang)}</strong> {one.source && <small className="quiet">{one.source}</small>}
        <div className="properties">
          {one.properties.map((each) => (
            <span key={each.name}>
              <span className="quiet">{labelOf(each, lang)}</span> <ValueOf value={each.value} kind={each.kind} />
            </span>
          ))}
        </div>
      </div>
    </li>
  );
}
