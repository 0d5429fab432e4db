// The import itself: how far it is, then what came of it, and what to do next. It needs the upload no more.
import { Alert, Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Job, useJob, useJobs } from "@/api/jobs";
import { JobLine } from "@/jobs/JobLine";
import { useFormats } from "@/ui/numbers";
import { Figure, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { useUrlState } from "@/ui/url";
import { useWords } from "@/ui/words";
import { importQuery, type Outcome } from "./asking";
import { DownloadAside } from "./AsidePanel";
import { useDraft } from "./draft";
import { Undo } from "./ImportPage";
import { Mend, RefreshButton } from "./Mend";
import type { Place } from "./wizard";
import { WORDS } from "./wizard-words";

export function ImportStep({ upload, number }: { upload: string; number: number }) {
  const t = useWords(WORDS);
  const [draft] = useDraft(upload);
  const [, setUrl] = useUrlState<Place>();
  const job = useJob(number);
  const result = job?.result;
  if (result && "repeated" in result && result.number !== null) return <Result outcome={result} number={result.number} job={job} checked={draft.checked} />;
  return (
    <Panel title={t.importing}>
      <div className="stack">
        <p className="quiet" style={{ margin: 0 }}>
          {job?.status === "failed" || job?.status === "cancelled" ? t.importFailed : t.importingHow}
        </p>
        {job && <JobLine job={job} onRetried={(next) => setUrl({ job: next.number })} />}
        {(job?.status === "failed" || job?.status === "cancelled") && (
          <div>
            <Button onClick={() => setUrl({ step: "columns", job: undefined })}>{t.fixColumns}</Button>
          </div>
        )}
      </div>
    </Panel>
  );
}

function Result({ outcome, number, job, checked }: { outcome: Outcome; number: number; job: Job; checked: number | undefined }) {
  const t = useWords(WORDS);
  const detail = useQuery(importQuery(number)).data;
  return (
    <>
      <Alert type="success" showIcon title={outcome.repeated ? t.repeated : `${t.done} · ${outcome.file}`} />
      <Figures outcome={outcome} checked={checked} aside={detail?.set_aside_rows ?? null} />
      <Next after={job.number} number={number} aside={detail?.set_aside_rows ?? 0} />
      <div className="result-ways">
        <Link to="/imports/$number" params={{ number: String(number) }}>
          <Button>{t.seeImport}</Button>
        </Link>
        <Link to="/imports/new">
          <Button>{t.another}</Button>
        </Link>
        {detail?.can_undo && <Undo one={detail} />}
      </div>
    </>
  );
}

/** What came of it: until a refresh has told, by the check before it. */
function Figures({ outcome, checked, aside }: { outcome: Outcome; checked: number | undefined; aside: number | null }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const told = useJob(outcome.repeated ? undefined : checked)?.result;
  const trial = told && "trial" in told ? told.trial : null;
  const byCheck = trial ? t.byCheck : undefined;
  const known = aside ?? trial?.rows_set_aside;
  return (
    <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
      <Figure label={t.landed} value={f.count(outcome.landed?.rows ?? 0)} />
      {trial && <Figure label={t.didCreate} value={f.count(trial.created)} note={byCheck} />}
      {trial && <Figure label={t.didUpdate} value={f.count(trial.updated)} note={byCheck} />}
      <Figure label={t.didSetAside} value={known === undefined ? "–" : f.count(known)} note={aside === null ? byCheck : undefined} />
    </div>
  );
}

/** The refresh that makes the import count, and then the ways to what it brought and what it set aside. */
function Next({ after, number, aside }: { after: number; number: number; aside: number }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const maySee = useMay("personal");
  const jobs = useJobs().data ?? [];
  const refresh = jobs.find((job) => (job.what === "refresh" || job.what === "rebuild") && job.number > after);
  const done = refresh?.status === "done" && refresh.result && "stages" in refresh.result ? refresh.result : null;
  if (!done) {
    return (
      <Panel title={refresh ? t.refreshing : undefined}>
        {refresh ? (
          <JobLine job={refresh} />
        ) : (
          <div className="row">
            <span>{t.refreshLead}</span>
            <RefreshButton type="primary" />
          </div>
        )}
      </Panel>
    );
  }
  return (
    <Panel>
      <div className="stack">
        <div className="row">
          <span>{t.refreshed(f.count(done.people))}</span>
          <Link to="/customers">
            <Button type="primary">{t.seeCustomers}</Button>
          </Link>
        </div>
        {aside > 0 && maySee && <DownloadAside number={number} />}
        {aside > 0 && <Mend />}
      </div>
    </Panel>
  );
}
