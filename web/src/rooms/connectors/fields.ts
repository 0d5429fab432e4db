// What a form asks about each kind of place, as the definition of a connector has it.

export type Type = "database" | "files" | "rest" | "folder" | "sftp";
export const TYPES: readonly Type[] = ["database", "files", "rest", "folder", "sftp"];

export interface FieldOf {
  name: string;
  as: "text" | "long" | "number" | "switch" | "choice" | "secret" | "pairs";
  needed?: boolean;
  options?: readonly string[];
  initial?: string | number;
  /** Asked only where this holds of what was said so far. */
  when?: (said: Record<string, unknown>) => boolean;
}

const hosted = (said: Record<string, unknown>) => said["system"] !== "sqlite";
const paged = (...ways: string[]) => (said: Record<string, unknown>) => ways.includes((said["paging"] as { by?: string } | undefined)?.by ?? "none");
const shown = (...ways: string[]) => (said: Record<string, unknown>) => ways.includes((said["auth"] as string | undefined) ?? "none");
const WATCHED: readonly FieldOf[] = [
  { name: "pattern", as: "text", initial: "*" },
  { name: "settle_seconds", as: "number", initial: 10 },
  { name: "after", as: "choice", options: ["move", "leave"], initial: "move" },
];

export const READERS: Record<Type, readonly FieldOf[]> = {
  database: [
    { name: "system", as: "choice", needed: true, options: ["postgresql", "mysql", "mariadb", "sqlserver", "sqlite"], initial: "postgresql" },
    { name: "host", as: "text", needed: true, when: hosted },
    { name: "port", as: "number", when: hosted },
    { name: "database", as: "text", needed: true },
    { name: "user", as: "text", when: hosted },
    { name: "secret", as: "secret", when: hosted },
    { name: "encrypt", as: "switch", when: (said) => said["system"] !== "sqlite" && said["system"] !== "sqlserver" },
    { name: "table", as: "text" },
    { name: "query", as: "long" },
  ],
  files: [
    { name: "path", as: "text", needed: true },
    { name: "format", as: "choice", options: ["parquet", "csv", "json"] },
    { name: "endpoint", as: "text" },
    { name: "region", as: "text" },
    { name: "access_key", as: "text" },
    { name: "secret", as: "secret" },
  ],
  rest: [
    { name: "url", as: "text", needed: true },
    { name: "records", as: "text" },
    { name: "auth", as: "choice", options: ["none", "bearer", "basic", "header"], initial: "none" },
    { name: "user", as: "text", when: shown("basic") },
    { name: "header", as: "text", initial: "X-API-Key", when: shown("header") },
    { name: "secret", as: "secret", needed: true, when: shown("bearer", "basic", "header") },
    { name: "paging.by", as: "choice", options: ["none", "number", "offset", "cursor", "link"], initial: "none" },
    { name: "paging.path", as: "text", needed: true, when: paged("cursor") },
    { name: "paging.param", as: "text", when: paged("number", "offset", "cursor") },
    { name: "paging.size_param", as: "text", when: paged("number", "offset", "cursor") },
    { name: "since_param", as: "text" },
    { name: "params", as: "pairs" },
    { name: "headers", as: "pairs" },
  ],
  folder: [{ name: "path", as: "text", needed: true }, ...WATCHED],
  sftp: [
    { name: "host", as: "text", needed: true },
    { name: "port", as: "number", initial: 22 },
    { name: "user", as: "text", needed: true },
    { name: "secret", as: "secret", needed: true },
    { name: "host_key", as: "text", needed: true },
    { name: "path", as: "text", initial: "." },
    ...WATCHED,
  ],
};

/** Whether files are imported whole: without a cursor, a key or deletions. */
export const isWatched = (type: Type): boolean => type === "folder" || type === "sftp";

/** Returns pairs written a line each, as `name=value`. */
export function pairsOf(text: string): Record<string, string> {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", ...value] = line.split("=");
      return [name.trim(), value.join("=").trim()];
    }),
  );
}

export const linesOf = (pairs: Record<string, string> | undefined): string =>
  Object.entries(pairs ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");

type Said = Record<string, unknown>;
const valueAt = (said: Said, path: string): unknown => path.split(".").reduce<unknown>((at, name) => (at as Said | undefined)?.[name], said);

/** Returns what a form said of a place as the definition has it: only what is asked of it, and only what was said. */
export function readsOf(type: Type, said: Said): Said {
  const out: Said = { type };
  for (const field of READERS[type]) {
    if (field.when && !field.when(said)) continue;
    const value = valueAt(said, field.name);
    if (value === undefined || value === null || value === "") continue;
    const [name, inner] = field.name.split(".") as [string, string?];
    if (inner) out[name] = { ...(out[name] as Said | undefined), [inner]: value };
    else out[name] = field.as === "pairs" ? pairsOf(value as string) : value;
  }
  return out;
}

/** Returns what a form begins with, of a place that is known or of a new one. */
export function formOf(type: Type, reads: Said): Said {
  const out: Said = {};
  for (const field of READERS[type]) {
    const known = valueAt(reads, field.name);
    const value = field.as === "pairs" ? linesOf(known as Record<string, string> | undefined) : (known ?? field.initial);
    const [name, inner] = field.name.split(".") as [string, string?];
    if (inner) out[name] = { ...(out[name] as Said | undefined), [inner]: value };
    else out[name] = value;
  }
  return out;
}
