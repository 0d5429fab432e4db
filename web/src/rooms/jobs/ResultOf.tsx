// What came of a job, in a line, with the way to it.
import { Link } from "@tanstack/react-router";
import type { Job } from "@/api/jobs";
import { useFormats } from "@/ui/numbers";
import { useWords } from "@/ui/words";
import { WORDS } from "./words";

export function ResultOf({ job }: { job: Job }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const result = job.result;
  if (job.retried) return <span className="quiet">{t.retried(job.retried)}</span>;
  if (!result) return null;
  if ("stages" in result) {
    return (
      <span>
        <Link to="/customers">{t.people(f.count(result.people))}</Link>
        {result.audiences.length > 0 && (
          <>
            {" · "}
            <Link to="/audiences">{t.audiences(f.count(result.audiences.length))}</Link>
          </>
        )}
      </span>
    );
  }
  if ("connector" in result) return <span>{t.pulled(f.count(result.landed.reduce((rows, one) => rows + one.rows, 0)), f.count(result.withdrawn))}</span>;
  if ("refresh" in result) {
    return (
      <span>
        {(job.what === "remove_samples" ? t.importsGone : t.imports)(f.count(result.imports.length))} · <Link to="/customers">{t.people(f.count(result.refresh.people))}</Link>
      </span>
    );
  }
  if (result.trial) {
    const { created, updated, rows_set_aside } = result.trial;
    const said = t.trial(f.count(created), f.count(updated), f.count(rows_set_aside));
    if (!job.asked.upload) return <span>{said}</span>;
    return (
      <Link to="/imports/new" search={{ upload: job.asked.upload, step: "check", job: job.number }}>
        {said}
      </Link>
    );
  }
  if (result.number === null) return null;
  return (
    <Link to="/imports/$number" params={{ number: String(result.number) }}>
      {result.repeated ? t.repeated(result.number) : t.landed(result.number, f.count(result.landed?.rows ?? 0))}
    </Link>
  );
}
