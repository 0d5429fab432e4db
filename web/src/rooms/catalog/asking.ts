// What the catalog's pages ask the server.
import { queryOptions } from "@tanstack/react-query";
import { api, got, gotVersion, inPlaceOf, type Schemas } from "@/api/client";

export type Field = Schemas["FieldState"];
export type Event = Schemas["EventState"];
export type Property = Schemas["PropertyState"];
export type FieldDefinition = Schemas["FieldDefinition"];
export type EventDefinition = Schemas["EventDefinition"];
export type Identifier = Schemas["IdentifierDefinition"];
export type Source = Schemas["SourceDefinition"];
export type Personal = NonNullable<FieldDefinition["personal"]>;

export const fieldsQuery = queryOptions({ queryKey: ["catalog", "fields"], queryFn: () => got(api.GET("/v1/catalog/fields")) });
export const eventsQuery = queryOptions({ queryKey: ["catalog", "events"], queryFn: () => got(api.GET("/v1/catalog/events")) });
export const identifiersQuery = queryOptions({ queryKey: ["catalog", "identifiers"], queryFn: () => got(api.GET("/v1/definitions/identifiers")) });
export const sourcesQuery = queryOptions({ queryKey: ["catalog", "sources"], queryFn: () => got(api.GET("/v1/definitions/sources")) });

const named = (name: string, version: number) => ({ params: { path: { name }, header: inPlaceOf(version) } });

/** Each kind of definition that is edited here: read with its version, and saved in place of that version. */
export const DEFINITIONS = {
  fields: {
    read: (name: string) => gotVersion(api.GET("/v1/definitions/fields/{name}", { params: { path: { name } } })),
    save: (body: FieldDefinition, version: number) => got(api.PUT("/v1/definitions/fields/{name}", { ...named(body.name, version), body })),
  },
  events: {
    read: (name: string) => gotVersion(api.GET("/v1/definitions/events/{name}", { params: { path: { name } } })),
    save: (body: EventDefinition, version: number) => got(api.PUT("/v1/definitions/events/{name}", { ...named(body.name, version), body })),
  },
  sources: {
    read: (name: string) => gotVersion(api.GET("/v1/definitions/sources/{name}", { params: { path: { name } } })),
    save: (body: Source, version: number) => got(api.PUT("/v1/definitions/sources/{name}", { ...named(body.name, version), body })),
  },
};

/** The classes that are masked for those without the right to personal information. */
export const HIDDEN: ReadonlySet<Personal> = new Set<Personal>(["contact", "sensitive"]);
