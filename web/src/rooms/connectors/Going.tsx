// The pulls that are under way, and the last of a connector if it failed.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { hasEnded, type Job, useJobs } from "@/api/jobs";
import { JobLine } from "@/jobs/JobLine";

/** Shows pulls as they go; of one connector its newest, until it is done. */
export function Going({ connector }: { connector?: string }) {
  const client = useQueryClient();
  const pulls = (useJobs().data ?? []).filter((job) => job.what === "pull" && (connector === undefined || job.asked.connector === connector));
  const ended = pulls.filter(hasEnded).length;
  useEffect(() => {
    // What a pull brought is there once it has ended.
    void client.invalidateQueries({ queryKey: ["connectors"] });
  }, [ended, client]);
  const shown = connector === undefined ? pulls.filter((job) => !hasEnded(job)) : pulls.slice(0, 1).filter(stillMatters);
  if (shown.length === 0) return null;
  return (
    <div className="stack" style={{ gap: 8 }}>
      {shown.map((job) => (
        <div key={job.number}>
          {connector === undefined && <strong>{job.asked.connector}</strong>}
          <JobLine job={job} />
        </div>
      ))}
    </div>
  );
}

const stillMatters = (job: Job): boolean => !hasEnded(job) || (job.status === "failed" && job.retried === null);
