// Data quality: what each source sends of each event, what was set aside, and the fixes in force.
import { Tabs, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ColumnOf, DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { Share } from "@/ui/Share";
import { Await, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { useWords } from "@/ui/words";
import { Aside } from "./Aside";
import { type EventQuality, qualityQuery } from "./asking";
import { FixList } from "./FixList";
import { Plans } from "./Plans";
import { Spark } from "./Spark";
import { WORDS } from "./words";
import "./quality.css";

export function Quality() {
  const t = useWords(WORDS);
  const [{ tab = "events" }, setUrl] = useUrlState<{ tab?: string }>();
  const items = [
    { key: "events", label: t.events, children: <Events /> },
    { key: "plans", label: t.plans, children: <Plans /> },
    { key: "aside", label: t.aside, children: <Aside /> },
    { key: "fixes", label: t.fixes, children: <FixList /> },
  ];
  return (
    <PageShell title={t.title} lead={t.lead}>
      <Tabs activeKey={tab} onChange={(key) => setUrl({ tab: key === "events" ? undefined : key }, { replace: false })} items={items} destroyOnHidden />
    </PageShell>
  );
}

function Events() {
  const t = useWords(WORDS);
  const found = useQuery(qualityQuery);
  const columns = useColumns();
  const navigate = useNavigate();
  return (
    <Panel>
      <Await of={found} rows={6}>
        {(rows) => (
          <DataTable
            name={t.events}
            rows={rows}
            columns={columns}
            keyOf={(one) => `${one.source} ${one.event}`}
            empty={<NothingYet title={t.none}>{t.noneLead}</NothingYet>}
            onOpen={({ source, event }) => void navigate({ to: "/quality/$source/$event", params: { source, event } })}
          />
        )}
      </Await>
    </Panel>
  );
}

function useColumns(): ColumnOf<EventQuality>[] {
  const t = useWords(WORDS);
  const f = useFormats();
  const ago = (moment: string | null) => (moment ? <span title={f.moment(moment)}>{f.ago(moment)}</span> : "–");
  return [
    { key: "source", title: t.source, show: (one) => one.source, compare: (a, b) => a.source.localeCompare(b.source) },
    {
      key: "event",
      title: t.event,
      show: ({ source, event }) => (
        <Link to="/quality/$source/$event" params={{ source, event }}>
          {event}
        </Link>
      ),
    },
    { key: "rows", title: t.rows, numeric: true, show: (one) => f.count(one.rows), compare: (a, b) => a.rows - b.rows },
    { key: "recent", title: t.recent, show: (one) => <Spark of={one.days} odd={one.anomalies} />, wide: true },
    { key: "aside", title: t.setAside, numeric: true, show: (one) => (one.set_aside ? <Tag color="warning">{f.count(one.set_aside)}</Tag> : "–"), compare: (a, b) => a.set_aside - b.set_aside },
    { key: "fill", title: t.fill, show: (one) => (one.fill === null ? "–" : <Share of={one.fill} name={t.fill} />), compare: (a, b) => (a.fill ?? 0) - (b.fill ?? 0), wide: true },
    { key: "received", title: t.received, show: (one) => ago(one.freshness.received), compare: (a, b) => (a.freshness.received ?? "").localeCompare(b.freshness.received ?? "") },
    { key: "happened", title: t.happened, show: (one) => ago(one.freshness.happened), wide: true },
    { key: "odd", title: t.odd, show: (one) => (one.anomalies.length ? <Tag color="error">{t.oddDays(f.count(one.anomalies.length))}</Tag> : "–"), compare: (a, b) => a.anomalies.length - b.anomalies.length },
    { key: "plan", title: t.plan, show: (one) => <PlanOf one={one} />, wide: true },
  ];
}

export function PlanOf({ one }: { one: EventQuality }) {
  const t = useWords(WORDS);
  if (one.plan === null) return <span className="quiet">{t.noPlan}</span>;
  return one.planned ? <Tag color="success">{t.planned(one.plan)}</Tag> : <Tag>{t.unplanned(one.plan)}</Tag>;
}
