// Every job: what it is, how far, what came of it or why it failed; and refresh and rebuild for those who may.
import { EllipsisOutlined, ReloadOutlined } from "@ant-design/icons";
import { Alert, App, Button, Dropdown, Segmented } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, got } from "@/api/client";
import { hasEnded, type Job, merge, useJobs } from "@/api/jobs";
import { useJobActions } from "@/jobs/acting";
import { JobLine } from "@/jobs/JobLine";
import { useJobNames } from "@/jobs/words";
import { type ColumnOf, DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, FilteredToNothing, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { useWords } from "@/ui/words";
import { ResultOf } from "./ResultOf";
import { WORDS } from "./words";

const MOST = 500;
const LOOK_MS = 10_000;
const STATES = ["all", "going", "done", "failed", "cancelled"] as const;
type State = (typeof STATES)[number];

export function Jobs() {
  const t = useWords(WORDS);
  const mayRefresh = useMay("refresh");
  return (
    <PageShell title={t.title} lead={t.lead} actions={mayRefresh && <Actions />}>
      <WorkerGone />
      <List />
    </PageShell>
  );
}

function Actions() {
  const t = useWords(WORDS);
  const { modal } = App.useApp();
  const { refresh, rebuild, asking } = useJobActions();
  const sure = () => void modal.confirm({ title: t.rebuildSure, content: t.rebuildHow, okText: t.rebuild, onOk: rebuild });
  return (
    <>
      <Button type="primary" icon={<ReloadOutlined />} loading={asking} onClick={() => void refresh()}>
        {t.refresh}
      </Button>
      <Dropdown trigger={["click"]} menu={{ items: [{ key: "rebuild", label: t.rebuild, onClick: sure }] }}>
        <Button icon={<EllipsisOutlined />} aria-label={t.more} />
      </Dropdown>
    </>
  );
}

/** Says that nobody does the jobs, and what to do about it. */
function WorkerGone() {
  const t = useWords(WORDS);
  const f = useFormats();
  const system = useQuery({ queryKey: ["system"], queryFn: () => got(api.GET("/v1/system")), refetchInterval: LOOK_MS });
  const worker = system.data?.worker;
  if (!worker || worker.alive) return null;
  const said = worker.last_beat ? `${t.deadHow} ${t.lastBeat(f.ago(worker.last_beat))}` : t.deadHow;
  return <Alert type="error" showIcon title={t.dead} description={said} />;
}

function List() {
  const t = useWords(WORDS);
  const [{ state = "all" }, setUrl] = useUrlState<{ state?: State }>();
  const live = useJobs();
  const older = useQuery({ queryKey: ["jobs", "older"], queryFn: () => got(api.GET("/v1/jobs", { params: { query: { limit: MOST } } })) });
  const columns = useColumns();
  const options = STATES.map((value) => ({ value, label: t[value] }));
  return (
    <Panel>
      <Await of={older}>
        {(known) => {
          const jobs = merge(known, live.data ?? []);
          const shown = jobs.filter((job) => isIn(job, state));
          if (jobs.length === 0) return <NoJobs />;
          return (
            <div className="stack">
              <div style={{ overflowX: "auto" }}>
                <Segmented aria-label={t.filter} options={options} value={state} onChange={(next) => setUrl({ state: next === "all" ? undefined : next })} />
              </div>
              <DataTable name={t.list} rows={shown} columns={columns} keyOf={(job) => job.number} empty={<FilteredToNothing onClear={() => setUrl({ state: undefined })} />} />
            </div>
          );
        }}
      </Await>
    </Panel>
  );
}

function NoJobs() {
  const t = useWords(WORDS);
  const may = useMay("import");
  const action = (
    <Link to="/imports/new">
      <Button>{t.newImport}</Button>
    </Link>
  );
  return (
    <NothingYet title={t.none} action={may && action}>
      {t.noneLead}
    </NothingYet>
  );
}

function isIn(job: Job, state: State): boolean {
  if (state === "all") return true;
  return state === "going" ? !hasEnded(job) : job.status === state;
}

function useColumns(): ColumnOf<Job>[] {
  const t = useWords(WORDS);
  const f = useFormats();
  const names = useJobNames();
  return [
    {
      key: "what",
      title: t.what,
      width: 260,
      show: (job) => (
        <span style={{ overflowWrap: "anywhere" }}>
          {names.what(job)} <span className="quiet">#{job.number}</span>
          {names.about(job) && <div className="quiet">{names.about(job)}</div>}
        </span>
      ),
    },
    { key: "state", title: t.state, width: 400, show: (job) => <JobLine job={job} /> },
    { key: "result", title: t.result, show: (job) => <ResultOf job={job} /> },
    { key: "who", title: t.who, show: (job) => job.author },
    {
      key: "when",
      title: t.when,
      show: (job) => (
        <span title={f.moment(job.at)}>
          {f.ago(job.at)}
          {job.began && job.ended && <div className="quiet">{t.took(f.span((Date.parse(job.ended) - Date.parse(job.began)) / 1000))}</div>}
        </span>
      ),
    },
  ];
}
