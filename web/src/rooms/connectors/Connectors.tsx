// Every connector with how far it has come, and everything that runs by itself.
import { DownloadOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useJobActions } from "@/jobs/acting";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { LinkButton } from "@/ui/LinkButton";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet } from "@/ui/states";
import { labelOf, useLang, useWords } from "@/ui/words";
import { connectorsQuery, placeOf, pull, type State } from "./asking";
import { Going } from "./Going";
import { Hooks } from "./Hooks";
import { Schedules } from "./Schedules";
import { WORDS } from "./words";
import "./connectors.css";

export function Connectors() {
  const t = useWords(WORDS);
  const may = useMay("admin");
  const found = useQuery(connectorsQuery);
  const create = may && (
    <LinkButton to="/connectors/new" type="primary" icon={<PlusOutlined />}>
      {t.create}
    </LinkButton>
  );
  const empty = (
    <NothingYet title={t.none} action={create}>
      {may ? t.noneLead : t.noneViewer}
    </NothingYet>
  );
  return (
    <PageShell title={t.title} lead={t.lead} actions={create}>
      <Panel title={t.connectors}>
        <Await of={found}>{(rows) => (rows.length ? <List rows={rows} /> : empty)}</Await>
      </Panel>
      <Hooks />
      <Schedules />
    </PageShell>
  );
}

function List({ rows }: { rows: readonly State[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const may = useMay("import");
  const { ask } = useJobActions();
  const columns: ColumnOf<State>[] = [
    {
      key: "name",
      title: t.name,
      show: ({ definition }) => (
        <Link to="/connectors/$name" params={{ name: definition.name }}>
          {labelOf(definition, lang)}
        </Link>
      ),
    },
    { key: "type", title: t.type, show: ({ definition }) => t.types[definition.reads.type ?? "folder"] },
    { key: "place", title: t.place, show: ({ definition }) => <span className="code">{placeOf(definition.reads)}</span> },
    { key: "rows", title: t.rows, numeric: true, show: (one) => f.count(one.rows), compare: (a, b) => a.rows - b.rows },
    { key: "mark", title: t.mark, show: (one) => <span className="code">{one.cursor ?? "–"}</span>, wide: true },
    { key: "pulled", title: t.pulled, show: (one) => (one.pulled_at ? <span title={f.moment(one.pulled_at)}>{f.ago(one.pulled_at)}</span> : t.never) },
    {
      key: "pull",
      title: "",
      show: ({ definition: { name } }) => (
        <span className="row">
          {may && (
            <Button size="small" icon={<DownloadOutlined aria-hidden />} aria-label={`${t.pull} ${name}`} onClick={() => void ask(() => pull(name, { anew: false, then_refresh: false }))}>
              {t.pull}
            </Button>
          )}
        </span>
      ),
    },
  ];
  return (
    <div className="stack">
      <Going />
      <DataTable name={t.connectors} rows={rows} columns={columns} keyOf={(one) => one.definition.name} />
    </div>
  );
}
