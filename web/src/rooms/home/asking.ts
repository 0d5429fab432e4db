// What the first page asks the server.
import { queryOptions } from "@tanstack/react-query";
import { api, got, type Schemas } from "@/api/client";
import { hasEnded, type Job, useJobs } from "@/api/jobs";

export type AtAGlance = Schemas["HomeAnswer"];

export const homeQuery = queryOptions({
  queryKey: ["home"],
  queryFn: () => got(api.GET("/v1/home")),
});

export const feedsQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: () => got(api.GET("/v1/sources")),
});

/** Somebody to begin with: whoever was heard of last. */
export const someoneQuery = queryOptions({
  queryKey: ["members", "someone"],
  queryFn: async () => {
    const body = { rule: null, columns: [], limit: 1, offset: 0, order: null, descending: false };
    const found = await got(api.POST("/v1/members", { body }));
    return (found.rows[0] as { person?: string } | undefined)?.person ?? null;
  },
});

export const loadSamples = (): Promise<Job> => got(api.POST("/v1/samples", { body: { people: 2_000 } }));

export const removeSamples = (): Promise<Job> => got(api.DELETE("/v1/samples"));

/** Returns the jobs that have not ended, the oldest first: that is the order they run in. */
export function useGoing(): Job[] {
  return (useJobs().data ?? []).filter((job) => !hasEnded(job)).reverse();
}
