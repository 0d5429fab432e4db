// The jobs of the workspace as they go: pushed by the server, asked for every few seconds where that fails.
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, got, type Schemas } from "./client";

export type Job = Schemas["JobAnswer"];

const ENDED = new Set(["done", "failed", "cancelled"]);
const POLL_MS = 3_000;

export const hasEnded = (job: Job): boolean => ENDED.has(job.status);

export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: () => got(api.GET("/v1/jobs", { params: { query: { limit: 50 } } })),
});

/** Returns the newest jobs, kept up to date while anything is mounted that asks. */
export function useJobs() {
  return useQuery(jobsQuery);
}

/** Returns one job, from those already known where it is among them. */
export function useJob(number: number | undefined) {
  const jobs = useJobs();
  const known = jobs.data?.find((job) => job.number === number);
  const asked = useQuery({
    queryKey: ["jobs", number],
    queryFn: () => got(api.GET("/v1/jobs/{number}", { params: { path: { number: number! } } })),
    enabled: number !== undefined && jobs.data !== undefined && known === undefined,
  });
  return known ?? asked.data;
}

/** Puts jobs that changed among those known, newest first. */
export function merge(known: readonly Job[], changed: readonly Job[]): Job[] {
  const by = new Map(known.map((job) => [job.number, job]));
  for (const job of changed) by.set(job.number, job);
  return [...by.values()].sort((a, b) => b.number - a.number);
}

/** Listens to the server; to be mounted once. Says whether it is listening or asking. */
export function useJobStream(onEnd: (job: Job) => void): "listening" | "asking" {
  const client = useQueryClient();
  const [state, setState] = useState<"listening" | "asking">("asking");
  useEffect(() => {
    const take = (changed: Job[]) => {
      const known = client.getQueryData(jobsQuery.queryKey) ?? [];
      const running = new Set(known.filter((job) => !hasEnded(job)).map((job) => job.number));
      client.setQueryData(jobsQuery.queryKey, merge(known, changed));
      for (const job of changed) if (hasEnded(job) && running.has(job.number)) onEnd(job);
    };
    const source = new EventSource("/v1/jobs/stream");
    source.addEventListener("jobs", (event: MessageEvent<string>) => take(JSON.parse(event.data) as Job[]));
    source.onopen = () => setState("listening");
    source.onerror = () => setState("asking");
    const timer = setInterval(() => {
      if (source.readyState !== EventSource.OPEN) void client.fetchQuery({ ...jobsQuery, staleTime: 0 }).then(take).catch(() => undefined);
    }, POLL_MS);
    return () => {
      source.close();
      clearInterval(timer);
    };
  }, [client, onEnd]);
  return state;
}
