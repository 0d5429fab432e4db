// What the pages about sources ask the server.
import { queryOptions } from "@tanstack/react-query";
import { api, got, type Schemas } from "@/api/client";

export type Feed = Schemas["FeedAnswer"];
export type Intake = Schemas["IntakeAnswer"];
export type WriteKey = Schemas["WriteKeyAnswer"];
export type NewKey = Schemas["NewWriteKey"];
export type Landed = Schemas["ArrivedAnswer"];
export type Whole = Schemas["MessageAnswer"];

export const feedsQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: () => got(api.GET("/v1/sources")),
});

export const intakeQuery = queryOptions({
  queryKey: ["intake"],
  queryFn: () => got(api.GET("/v1/intake")),
});

export const keysQuery = queryOptions({
  queryKey: ["write keys"],
  queryFn: () => got(api.GET("/v1/write-keys")),
});

export const wholeQuery = (number: string) =>
  queryOptions({
    queryKey: ["message", number],
    queryFn: () => got(api.GET("/v1/events/{number}", { params: { path: { number: number as unknown as number } } })), // longer than a number of the page can be
    staleTime: 0,
  });

export const createKey = (body: NewKey): Promise<Schemas["NewWriteKeyAnswer"]> => got(api.POST("/v1/write-keys", { body }));

export const revokeKey = (name: string): Promise<unknown> => got(api.DELETE("/v1/write-keys/{name}", { params: { path: { name } } }));

/** Keys made since the page was loaded, by source: shown until it is left for good, and kept nowhere. */
export const freshKeys = new Map<string, { name: string; key: string }>();

/** The address of the intake as clients of this page's visitors reach it. */
export const addressOf = (intake: Intake): string => intake.url || `${location.protocol}//${location.hostname}:${intake.port}`;
