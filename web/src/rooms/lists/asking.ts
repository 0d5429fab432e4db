// What the pages of lists ask the server.
import { queryOptions } from "@tanstack/react-query";
import { api, got, type Schemas, send } from "@/api/client";

export type ListOf = Schemas["ListAnswer"];
export type OneList = Schemas["ListDetail"];
export type Changed = Schemas["ChangeAnswer"];

export const listsQuery = queryOptions({
  queryKey: ["lists"],
  queryFn: () => got(api.GET("/v1/lists")),
});

export const listQuery = (name: string) =>
  queryOptions({
    queryKey: ["lists", name],
    queryFn: () => got(api.GET("/v1/lists/{name}", { params: { path: { name } } })),
  });

/** Whom somebody names: identifiers pasted, or a file with a column of them. */
export interface Naming {
  people: string[];
  file?: File;
  column?: string;
}

/** Returns the identifiers in a text, each once. */
export const identifiersIn = (text: string): string[] => [...new Set(text.split(/[\n\r,，、;；\t]+/).map((one) => one.trim()))].filter(Boolean);

export type Action = "add" | "remove";

/** Puts people on a list, or takes them off. */
export function change(name: string, action: Action, { people, file, column }: Naming): Promise<Changed> {
  const path = { params: { path: { name } }, body: { people } };
  if (!file) return got(action === "add" ? api.POST("/v1/lists/{name}/people", path) : api.POST("/v1/lists/{name}/people/remove", path));
  const form = new FormData();
  form.set("file", file);
  form.set("action", action);
  if (column) form.set("column", column);
  return send<Changed>(`/v1/lists/${encodeURIComponent(name)}/file`, form, () => undefined);
}

/** The rule that holds for whoever is on a list, as it stands in an address. */
export const ruleOf = (name: string): string => JSON.stringify({ node: "all", of: [{ node: "list", list: name }] });
