// What the tags' pages ask the server.
import { queryOptions } from "@tanstack/react-query";
import { api, got, gotVersion, inPlaceOf, type Schemas } from "@/api/client";

export type Overview = Schemas["TagOverview"];
export type Tag = Schemas["TagDefinition"];
export type How = Tag["how"];
export type Version = Schemas["Stored"];
export type Use = Schemas["Use"];

/** A tag as it was read, with the version that a change of it takes the place of. */
export interface Read {
  body: Tag;
  version: number;
}

const path = (name: string) => ({ path: { name } });
const kindAndName = (name: string) => ({ path: { kind: "tags" as const, name } });

export const tagsQuery = queryOptions({ queryKey: ["tags"], queryFn: () => got(api.GET("/v1/tags")) });

export const tagQuery = (name: string) =>
  queryOptions({ queryKey: ["tags", name], queryFn: () => gotVersion(api.GET("/v1/definitions/tags/{name}", { params: path(name) })) });

export const distributionQuery = (name: string) =>
  queryOptions({ queryKey: ["tags", name, "distribution"], queryFn: () => got(api.GET("/v1/tags/{tag}/portrait", { params: { path: { tag: name } } })) });

export const usesQuery = (name: string) =>
  queryOptions({ queryKey: ["tags", name, "uses"], queryFn: () => got(api.GET("/v1/definitions/{kind}/{name}/uses", { params: kindAndName(name) })) });

export const versionsQuery = (name: string) =>
  queryOptions({ queryKey: ["tags", name, "versions"], queryFn: () => got(api.GET("/v1/definitions/{kind}/{name}/versions", { params: kindAndName(name) })) });

/** How a tag is known, as sentences. */
export const wordsQuery = (tag: Tag) =>
  queryOptions({
    queryKey: ["tag words", tag.how],
    queryFn: () => got(api.POST("/v1/tags/words", { body: { definition: { how: tag.how } as Tag } })),
    staleTime: Infinity,
  });

export const listsQuery = queryOptions({ queryKey: ["lists"], queryFn: () => got(api.GET("/v1/definitions/lists")) });

/** Saves a tag in place of a version; null for a new one. */
export const saveTag = (tag: Tag, version: number | null) =>
  got(api.PUT("/v1/definitions/tags/{name}", { params: { ...path(tag.name), header: inPlaceOf(version) }, body: tag }));

export const retireTag = (name: string) => got(api.DELETE("/v1/definitions/{kind}/{name}", { params: kindAndName(name) }));
