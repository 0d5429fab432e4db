// What is done about jobs: asked for, cancelled, tried again. Each answer is a job, and shown at once.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, got } from "@/api/client";
import { type Job, jobsQuery, merge } from "@/api/jobs";
import { useTelling } from "@/ui/telling";

export interface Acting {
  /** Asks the server for a job; says what was refused, and then returns nothing. */
  ask: (asked: () => Promise<Job>) => Promise<Job | undefined>;
  cancel: (job: Job) => Promise<Job | undefined>;
  retry: (job: Job) => Promise<Job | undefined>;
  refresh: () => Promise<Job | undefined>;
  rebuild: () => Promise<Job | undefined>;
  asking: boolean;
}

/** Returns ways to begin, end and repeat jobs. */
export function useJobActions(): Acting {
  const client = useQueryClient();
  const tell = useTelling();
  const [asking, setAsking] = useState(false);
  const ask = async (asked: () => Promise<Job>): Promise<Job | undefined> => {
    setAsking(true);
    try {
      const job = await asked();
      client.setQueryData(jobsQuery.queryKey, (known: Job[] | undefined) => merge(known ?? [], [job]));
      return job;
    } catch (error) {
      tell(error);
      return undefined;
    } finally {
      setAsking(false);
    }
  };
  const at = (job: Job) => ({ params: { path: { number: job.number } } });
  return {
    ask,
    asking,
    cancel: (job) => ask(() => got(api.POST("/v1/jobs/{number}/cancel", at(job)))),
    retry: (job) => ask(() => got(api.POST("/v1/jobs/{number}/retry", at(job)))),
    refresh: () => ask(() => got(api.POST("/v1/refresh"))),
    rebuild: () => ask(() => got(api.POST("/v1/rebuild"))),
  };
}
