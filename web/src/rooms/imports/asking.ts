// What the imports' pages ask the server.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, got, type Schemas } from "@/api/client";
import { useLang, useWords } from "@/ui/words";
import { WORDS } from "./words";

export type OneImport = Schemas["ImportAnswer"];
export type ImportDetail = Schemas["ImportDetail"];
export type Group = Schemas["GroupAnswer"];
export type FieldDefinition = Schemas["FieldDefinition"];
export type EventDefinition = Schemas["EventDefinition"];
export type IdentifierDefinition = Schemas["IdentifierDefinition"];
export type SourceDefinition = Schemas["SourceDefinition"];
export type Kept = Schemas["UploadAnswer"];
export type Look = Schemas["LookAnswer"];
export type Mapping = Schemas["MappingDefinition"];
export type Overrides = Schemas["ShapeOverrides"];
export type Outcome = Schemas["OutcomeAnswer"];

export const importsQuery = queryOptions({
  queryKey: ["imports"],
  queryFn: () => got(api.GET("/v1/imports")),
});

export const importQuery = (number: number) =>
  queryOptions({
    queryKey: ["imports", number],
    queryFn: () => got(api.GET("/v1/imports/{number}", { params: { path: { number } } })),
  });

export const asideRowsQuery = (number: number, code: string) =>
  queryOptions({
    queryKey: ["imports", number, "aside", code],
    queryFn: () => got(api.GET("/v1/imports/{number}/set-aside/rows", { params: { path: { number }, query: { code, limit: 20 } } })),
  });

export const templatesQuery = queryOptions({ queryKey: ["templates"], queryFn: () => got(api.GET("/v1/templates")), staleTime: Infinity });

export const sourcesQuery = queryOptions({
  queryKey: ["definitions", "sources", "all"],
  queryFn: () => got(api.GET("/v1/definitions/sources")) as Promise<SourceDefinition[]>,
});

export interface Definitions {
  fields: FieldDefinition[];
  events: EventDefinition[];
  identifiers: IdentifierDefinition[];
  sources: SourceDefinition[];
}

/** Everything a column may mean. */
export const definitionsQuery = queryOptions({
  queryKey: ["definitions", "for imports"],
  queryFn: async (): Promise<Definitions> => {
    const [fields, events, identifiers, sources] = await Promise.all([
      got(api.GET("/v1/definitions/fields")),
      got(api.GET("/v1/definitions/events")),
      got(api.GET("/v1/definitions/identifiers")),
      got(api.GET("/v1/definitions/sources")),
    ]);
    return { fields, events, identifiers, sources };
  },
});

export const systemQuery = queryOptions({
  queryKey: ["system"],
  queryFn: () => got(api.GET("/v1/system")),
  staleTime: 60_000,
});

/** Returns what kinds of rows and sources are called. */
export function useNamesOfData(): { kind: (rows: string) => string; source: (name: string) => string } {
  const t = useWords(WORDS);
  const lang = useLang();
  const found = useQuery(definitionsQuery).data;
  const said = (list: readonly { name: string; zh?: string; en?: string }[] | undefined, name: string) => {
    const one = list?.find((each) => each.name === name);
    return one?.[lang] || name;
  };
  return {
    kind: (rows) => (rows in t.kinds ? t.kinds[rows as keyof typeof t.kinds] : said(found?.events, rows)),
    source: (name) => said(found?.sources, name),
  };
}
