// One connector: where it reads, how far it has come, what its pulls brought and withdrew, and when it runs.
import { DownloadOutlined, EditOutlined, EllipsisOutlined } from "@ant-design/icons";
import { App, Button, Dropdown } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { useJobActions } from "@/jobs/acting";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { LinkButton } from "@/ui/LinkButton";
import { useFormats } from "@/ui/numbers";
import { Figure, PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet, ProblemView } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Brought, connectorsQuery, historyQuery, placeOf, pull, removeConnector, type State, tryOut, type Tried } from "./asking";
import { Going } from "./Going";
import { Schedules } from "./Schedules";
import { TriedRows } from "./Tried";
import { WORDS } from "./words";
import "./connectors.css";

export function ConnectorPage() {
  const t = useWords(WORDS);
  const lang = useLang();
  const { name } = useParams({ strict: false }) as { name: string };
  const found = useQuery(connectorsQuery);
  const history = useQuery(historyQuery(name));
  const one = found.data?.find(({ definition }) => definition.name === name);
  const toAll = <LinkButton to="/connectors">{t.toAll}</LinkButton>;
  return (
    <PageShell title={one ? labelOf(one.definition, lang) : name} lead={one && <span className="code">{placeOf(one.definition.reads)}</span>} actions={one ? <Actions one={one} /> : toAll}>
      {history.error && <ProblemView error={history.error} action={toAll} />}
      {one && (
        <>
          <Facts one={one} />
          <Going connector={name} />
          <TryNow name={name} />
          <Panel title={t.history}>
            <Await of={history}>{(rows) => <History rows={rows} />}</Await>
          </Panel>
          <Schedules of={name} />
        </>
      )}
    </PageShell>
  );
}

function Facts({ one }: { one: State }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const source = one.definition.source ?? one.definition.name;
  return (
    <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
      <Figure label={t.type} value={<span style={{ fontSize: 16 }}>{t.types[one.definition.reads.type ?? "folder"]}</span>} note={<Link to="/sources/$name" params={{ name: source }}>{`${t.source}: ${source}`}</Link>} />
      <Figure label={t.pulled} value={one.pulled_at ? <span title={f.moment(one.pulled_at)}>{f.ago(one.pulled_at)}</span> : t.never} />
      <Figure label={t.rows} value={f.count(one.rows)} note={`${t.imports} ${f.count(one.imports)}`} />
      <Figure label={t.mark} value={<span className="code" style={{ fontSize: 16 }}>{one.cursor ?? "–"}</span>} note={one.definition.cursor ?? undefined} />
    </div>
  );
}

function Actions({ one: { definition } }: { one: State }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const { name } = definition;
  const { modal, message } = App.useApp();
  const { ask, asking } = useJobActions();
  const tell = useTelling();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [mayPull, mayRefresh, mayAdmin] = [useMay("import"), useMay("refresh"), useMay("admin")];
  const retire = async () => {
    try {
      await removeConnector(name);
      void navigate({ to: "/connectors" });
      void message.success(t.removed);
      await client.invalidateQueries();
    } catch (error) {
      tell(error);
    }
  };
  const sure = () => void modal.confirm({ title: t.removeSure(labelOf(definition, lang)), content: t.removeHow, okText: t.remove, okButtonProps: { danger: true }, onOk: retire });
  const anew = () => void modal.confirm({ title: t.anew, content: t.anewHow, okText: t.anew, onOk: () => void ask(() => pull(name, { anew: true, then_refresh: false })) });
  const items = [
    ...(mayRefresh ? [{ key: "refresh", label: t.withRefresh, onClick: () => void ask(() => pull(name, { anew: false, then_refresh: true })) }] : []),
    { key: "anew", label: t.anew, onClick: anew },
    ...(mayAdmin ? [{ key: "retire", label: t.remove, danger: true, onClick: sure }] : []),
  ];
  if (!mayPull) return null;
  return (
    <>
      {mayAdmin && (
        <LinkButton to="/connectors/$name/edit" params={{ name }} icon={<EditOutlined />}>
          {t.edit}
        </LinkButton>
      )}
      <Button type="primary" icon={<DownloadOutlined />} loading={asking} onClick={() => void ask(() => pull(name, { anew: false, then_refresh: false }))}>
        {t.pull}
      </Button>
      <Dropdown trigger={["click"]} menu={{ items }}>
        <Button icon={<EllipsisOutlined />} aria-label={t.more} />
      </Dropdown>
    </>
  );
}

/** Shows the first rows without keeping any; for those who may pull. */
function TryNow({ name }: { name: string }) {
  const t = useWords(WORDS);
  const may = useMay("import");
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState<Tried | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const go = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setTried(await tryOut(name, null));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  if (!may) return null;
  return (
    <Panel
      title={t.tryIt}
      extra={
        <Button loading={busy} onClick={() => void go()}>
          {t.tryIt}
        </Button>
      }
    >
      {problem ? <ProblemView error={problem} /> : tried ? <TriedRows tried={tried} /> : <p className="quiet">{t.tryHow}</p>}
    </Panel>
  );
}

function History({ rows }: { rows: readonly Brought[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const some = (has: (one: Brought) => boolean, column: ColumnOf<Brought>) => (rows.some(has) ? [column] : []);
  const columns: ColumnOf<Brought>[] = [
    {
      key: "at",
      title: t.when,
      show: (one) => (
        <>
          <Link to="/imports/$number" params={{ number: String(one.number) }}>
            {f.moment(one.at)}
          </Link>{" "}
          {one.status !== "landed" && <span className="quiet">{one.status === "undone" ? t.undone : one.status}</span>}
        </>
      ),
    },
    { key: "who", title: t.who, show: (one) => one.author },
    { key: "rows", title: t.landed, numeric: true, show: (one) => f.count(one.rows) },
    ...some((one) => one.bad_rows > 0, { key: "bad", title: t.bad, numeric: true, show: (one) => f.count(one.bad_rows) }),
    ...some((one) => one.withdrawn > 0, { key: "gone", title: t.gone, numeric: true, show: (one) => f.count(one.withdrawn) }),
    ...some((one) => one.cursor !== null, { key: "reached", title: t.reached, show: (one) => <span className="code">{one.cursor ?? "–"}</span> }),
    ...some((one) => one.file !== null, { key: "file", title: t.file, show: (one) => <span className="code">{one.file ?? "–"}</span> }),
  ];
  return <DataTable name={t.history} rows={rows} columns={columns} keyOf={(one) => one.number} empty={<NothingYet title={t.noHistory}>{t.noHistoryHow}</NothingYet>} />;
}
