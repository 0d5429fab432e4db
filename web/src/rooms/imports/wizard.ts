// What the steps of the wizard share: where it is, the file as it is read, and how jobs are asked for.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, got } from "@/api/client";
import { hasEnded, type Job, useJob } from "@/api/jobs";
import type { Definitions, Kept, Look, Mapping } from "./asking";
import { type Draft, reading } from "./draft";

export const STEPS = ["file", "columns", "identity", "check", "import"] as const;
export type Step = (typeof STEPS)[number];

export interface Place {
  upload?: string;
  step?: Step;
  job?: number;
}

/** Everything a step needs. */
export interface Wizard {
  kept: Kept;
  look: Look;
  mapping: Mapping;
  definitions: Definitions;
  draft: Draft;
  change: (some: Partial<Draft>) => void;
  go: (step: Step, job?: number) => void;
}

export const keptQuery = (upload: string) =>
  queryOptions({
    queryKey: ["uploads", upload],
    queryFn: () => got(api.GET("/v1/uploads/{upload}", { params: { path: { upload } } })),
    retry: false,
  });

export const lookQuery = (upload: string, draft: Draft) =>
  queryOptions({
    queryKey: ["uploads", upload, "look", reading(draft)],
    queryFn: () => got(api.POST("/v1/uploads/{upload}/look", { params: { path: { upload } }, body: reading(draft) as never })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });

/** Asks for the file to be tried out, or imported. */
export const askFor = (wizard: Wizard, dry_run: boolean): Promise<Job> =>
  got(
    api.POST("/v1/uploads/{upload}/import", {
      params: { path: { upload: wizard.kept.upload } },
      body: { ...reading(wizard.draft), rows: wizard.mapping.rows, mapping: wizard.mapping, dry_run } as never,
    }),
  );

/** Returns a job; once it has ended whole, with the values of its examples, which lists of jobs lack. */
export function useWholeJob(number: number | undefined): Job | undefined {
  const job = useJob(number);
  const ended = job !== undefined && hasEnded(job);
  const whole = useQuery({
    queryKey: ["jobs", number, "whole"],
    queryFn: () => got(api.GET("/v1/jobs/{number}", { params: { path: { number: number! } } })),
    enabled: ended,
    staleTime: Infinity,
  });
  return (ended ? whole.data : undefined) ?? job;
}
