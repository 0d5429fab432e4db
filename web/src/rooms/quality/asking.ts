// What the pages of data quality ask the server.
import { queryOptions } from "@tanstack/react-query";
import { api, got, type Schemas } from "@/api/client";

export type EventQuality = Schemas["EventQualityAnswer"];
export type EventDetail = Schemas["EventDetailAnswer"];
export type PropertyQuality = Schemas["PropertyQualityAnswer"];
export type AsideGroup = Schemas["AsideGroupAnswer"];
export type Preview = Schemas["FixPreviewAnswer"];
export type Fix = Schemas["FixDefinition"];
export type Does = Fix["does"];

export const qualityQuery = queryOptions({
  queryKey: ["quality"],
  queryFn: () => got(api.GET("/v1/quality")),
});

export const eventQuery = (source: string, event: string) =>
  queryOptions({
    queryKey: ["quality", source, event],
    queryFn: () => got(api.GET("/v1/quality/{source}/{event}", { params: { path: { source, event } } })),
  });

export const asideQuery = queryOptions({
  queryKey: ["quality", "set aside"],
  queryFn: () => got(api.GET("/v1/set-aside")),
});

export const fixesQuery = queryOptions({
  queryKey: ["definitions", "fixes", "quality"],
  queryFn: () => got(api.GET("/v1/definitions/fixes")) as Promise<Fix[]>,
});

const at = (name: string) => ({ params: { path: { name } } });

/** Returns what a fix would do; nothing is changed. */
export const preview = ({ name, ...body }: Fix) => got(api.POST("/v1/fixes/{name}/preview", { ...at(name), body }));

/** Puts a fix in force; the next refresh brings the rows in. */
export const apply = ({ name, ...body }: Fix) => got(api.POST("/v1/fixes/{name}/apply", { params: { path: { name }, query: { then_refresh: false } }, body }));

/** Takes a fix out of force. */
export const remove = (name: string) => got(api.DELETE("/v1/definitions/{kind}/{name}", { params: { path: { kind: "fixes", name } } }));
