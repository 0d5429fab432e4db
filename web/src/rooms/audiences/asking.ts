// What the audiences' pages ask the server.
import { queryOptions } from "@tanstack/react-query";
import { api, got, inPlaceOf, type Schemas } from "@/api/client";
import type { Rule } from "@/rule-editor/rule";

export type Audience = Schemas["AudienceState"];
export type OneAudience = Schemas["AudienceDetail"];
export type Portrait = Schemas["PortraitAnswer"];

export const audiencesQuery = queryOptions({
  queryKey: ["audiences"],
  queryFn: () => got(api.GET("/v1/audiences")),
});

export const audienceQuery = (name: string) =>
  queryOptions({
    queryKey: ["audiences", name],
    queryFn: () => got(api.GET("/v1/audiences/{name}", { params: { path: { name } } })),
  });

export const historyQuery = (name: string) =>
  queryOptions({
    queryKey: ["audiences", name, "history"],
    queryFn: () => got(api.GET("/v1/audiences/{name}/history", { params: { path: { name } } })),
  });

export const portraitQuery = (asked: { audience?: string; rule?: Rule }, columns: string[] = []) =>
  queryOptions({
    queryKey: ["portrait", asked, columns],
    queryFn: ({ signal }) => got(api.POST("/v1/portrait", { body: { ...asked, columns } as never, signal })),
    staleTime: 60_000,
  });

export const usesQuery = (name: string) =>
  queryOptions({
    queryKey: ["audiences", name, "uses"],
    queryFn: () => got(api.GET("/v1/definitions/{kind}/{name}/uses", { params: { path: { kind: "audiences", name } } })),
  });

export interface Labels {
  name: string;
  zh: string;
  en: string;
  description: string;
}

/** Saves an audience; `version` is the one it was made of, none for a new one. */
export const saveAudience = (labels: Labels, rule: Rule, version: number | null) =>
  got(
    api.PUT("/v1/audiences/{name}", {
      params: { path: { name: labels.name }, header: inPlaceOf(version) },
      body: { rule: rule as never, zh: labels.zh, en: labels.en, description: labels.description },
    }),
  );

/** Keeps who satisfies a rule now as a list, which stays as it is. */
export const keepAsList = (labels: Labels, rule: Rule) =>
  got(
    api.POST("/v1/lists/{name}", {
      params: { path: { name: labels.name } },
      body: { people: [], rule: rule as never, zh: labels.zh, en: labels.en, description: labels.description },
    }),
  );
