// An event of a source in full: its figures, odd days, the schema seen beside the schema declared, and reasons.
import { Button, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { type ColumnOf, DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Figure, PageShell, Panel } from "@/ui/PageShell";
import { Share } from "@/ui/Share";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { type EventDetail, eventQuery, type PropertyQuality } from "./asking";
import { WORDS as PLAN_WORDS } from "./plan-words";
import { PlanOf } from "./Quality";
import { WORDS } from "./words";
import "./quality.css";

const Lines = lazy(async () => ({ default: (await import("@/charts/kinds")).TimeChart }));
const SHOWN = 4;

export function EventPage() {
  const t = useWords(WORDS);
  const { source = "", event = "" } = useParams({ strict: false });
  const found = useQuery(eventQuery(source, event));
  return (
    <PageShell
      title={t.page(source, event)}
      actions={
        <Link to="/quality">
          <Button>{t.back}</Button>
        </Link>
      }
    >
      <Await of={found} rows={10}>
        {(one) => <Detail one={one} />}
      </Await>
    </PageShell>
  );
}

function Detail({ one }: { one: EventDetail }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const { quality } = one;
  const { received, happened, lag } = quality.freshness;
  return (
    <>
      <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
        <Figure label={t.rows} value={f.count(quality.rows)} note={<PlanOf one={quality} />} />
        <Figure label={t.setAside} value={f.count(quality.set_aside)} note={quality.values_set_aside ? `${t.wholeValue} ${f.count(quality.values_set_aside)}` : undefined} />
        <Figure label={t.received} value={received ? f.ago(received) : "–"} note={received && f.moment(received)} />
        <Figure label={t.happened} value={happened ? f.ago(happened) : "–"} note={lag !== null && lag >= 0 ? `${t.lag} ${f.span(lag)}` : undefined} />
      </div>
      {one.days.length > 1 && (
        <Panel title={t.rows}>
          <Suspense fallback={<div style={{ height: 260 }} />}>
            <Lines name={t.rows} at={one.days.map(({ day }) => day)} series={[{ name: t.rows, values: one.days.map(({ rows }) => rows), bar: true }]} />
          </Suspense>
        </Panel>
      )}
      <Panel title={t.oddTitle}>
        {quality.anomalies.length === 0 ? (
          <p className="quiet">{t.oddNone}</p>
        ) : (
          <ul className="odd-days">
            {quality.anomalies.map((odd) => (
              <li key={`${odd.day} ${odd.property}`}>{odd.why}</li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title={t.schema}>
        <div className="stack">
          <p className="quiet">{t.schemaLead}</p>
          <Schema one={one} />
        </div>
      </Panel>
      {one.reasons.length > 0 && (
        <Panel title={t.reasons} extra={<Link to="/quality" search={{ tab: "aside" }}>{t.fix}</Link>}>
          <DataTable
            name={t.reasons}
            rows={one.reasons}
            keyOf={(reason) => `${reason.code} ${reason.column} ${reason.whole}`}
            columns={[
              { key: "reason", title: t.reason, show: (reason) => <span title={reason.code}>{reason.message}</span> },
              { key: "column", title: t.column, show: (reason) => reason.column.replace(/^[pc]\./, "") || "–" },
              { key: "count", title: t.count, numeric: true, show: (reason) => f.count(reason.count) },
              { key: "whole", title: t.whole, show: (reason) => (reason.whole ? <Tag color="warning">{t.wholeRow}</Tag> : t.wholeValue) },
              { key: "remedy", title: t.remedy, show: (reason) => reason.remedy },
            ]}
          />
        </Panel>
      )}
    </>
  );
}

function Schema({ one }: { one: EventDetail }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const { types } = useWords(PLAN_WORDS);
  const { rows } = one.quality;
  const tell = ({ value }: { value: string }, text: string) => (value === "money" && text ? f.amount(Number(text)) : short(text));
  const columns: ColumnOf<PropertyQuality>[] = [
    { key: "property", title: t.property, width: 150, show: ({ name }) => <span className="code">{name}</span> },
    { key: "type", title: t.type, show: ({ seen }) => (seen ? (types[seen.value] ?? seen.value) : "–") },
    { key: "fill", title: t.fill, show: ({ seen }) => (seen && rows ? <Share of={seen.filled / rows} name={t.fill} /> : t.missing) },
    { key: "distinct", title: t.distinct, numeric: true, show: ({ seen }) => (seen ? f.count(seen.distinct) : "–") },
    { key: "range", title: t.range, show: ({ seen }) => (seen?.least == null ? "–" : `${tell(seen, seen.least)} … ${tell(seen, seen.greatest ?? "")}`), wide: true },
    { key: "examples", title: t.examples, show: ({ seen }) => seen?.top.slice(0, SHOWN).map((text) => tell(seen, text)).join(" · ") || "–", wide: true },
    { key: "declared", title: t.declared, width: 160, show: ({ declared }) => <Declared of={declared} /> },
  ];
  return <DataTable name={t.schema} rows={one.properties} columns={columns} keyOf={({ name }) => name} />;
}

const short = (text: string): string => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

function Declared({ of }: { of: PropertyQuality["declared"] }) {
  const t = useWords(WORDS);
  const { types } = useWords(PLAN_WORDS);
  if (!of) return <span className="quiet">{t.declaredNothing}</span>;
  const bounded = of.min != null || of.max != null;
  const told = [of.value && (types[of.value] ?? of.value), bounded && `${of.min ?? ""} … ${of.max ?? ""}`, of.choices?.length && t.choices(of.choices.slice(0, SHOWN).join(" / ")), of.pattern];
  return (
    <span className="row">
      {of.required && <Tag color="processing">{t.required}</Tag>}
      {told.filter(Boolean).join(" · ")}
    </span>
  );
}
