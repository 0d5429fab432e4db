// A job as it goes, with what it is called, and cancel and retry for those who may.
import type { Job } from "@/api/jobs";
import { JobProgress } from "@/ui/JobProgress";
import { useJobActions } from "./acting";
import { useJobNames } from "./words";

interface Props {
  job: Job;
  /** Whether the line says what the job is; not where a heading does. */
  named?: boolean;
  /** The job that was asked for instead. */
  onRetried?: (job: Job) => void;
}

export function JobLine({ job, named = false, onRetried }: Props) {
  const names = useJobNames();
  const { cancel, retry } = useJobActions();
  const again = async () => {
    const next = await retry(job);
    if (next) onRetried?.(next);
  };
  return (
    <div className="stack" style={{ gap: 4 }}>
      {named && (
        <span>
          <strong>{names.what(job)}</strong> <span className="quiet">{names.about(job)}</span>
        </span>
      )}
      <JobProgress job={job} step={job.status === "running" ? names.step(job) : ""} onCancel={job.can_cancel || job.cancelling ? () => void cancel(job) : undefined} onRetry={job.can_retry ? () => void again() : undefined} />
    </div>
  );
}
