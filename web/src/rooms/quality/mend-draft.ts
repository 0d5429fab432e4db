// A message being mended: its JSON as text, and as fields that can be written in one by one.

export interface Leaf {
  /** Where it stands: names of parts, and places in lists. */
  path: readonly (string | number)[];
  /** As it is written in a field. */
  text: string;
  kind: "text" | "number" | "yesno" | "nothing";
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** Reads JSON; undefined where it is none, or not an object. */
export function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const read = JSON.parse(text) as unknown;
    return read !== null && typeof read === "object" && !Array.isArray(read) ? (read as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns JSON on lines of its own; what is none as it is. */
export function pretty(text: string): string {
  const read = readObject(text);
  return read ? JSON.stringify(read, null, 2) : text;
}

/** Returns every value of a message that holds no others, in order. */
export function leavesOf(text: string): Leaf[] {
  const read = readObject(text);
  return read ? walk(read as Json, []) : [];
}

function walk(value: Json, path: Leaf["path"]): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((part, at) => walk(part, [...path, at]));
  if (value !== null && typeof value === "object") return Object.entries(value).flatMap(([name, part]) => walk(part, [...path, name]));
  const kind = value === null ? "nothing" : typeof value === "number" ? "number" : typeof value === "boolean" ? "yesno" : "text";
  return [{ path, text: value === null ? "" : String(value), kind }];
}

/** Writes a value into a message: as a number where there was one and it is one, as yes or no likewise, or as text. */
export function putLeaf(text: string, leaf: Leaf, written: string): string {
  const read = readObject(text);
  return read ? JSON.stringify(changed(read as Json, leaf.path, meant(leaf, written)), null, 2) : text;
}

/** Takes a value out of a message. */
export function dropLeaf(text: string, leaf: Leaf): string {
  const read = readObject(text);
  return read ? JSON.stringify(changed(read as Json, leaf.path, undefined), null, 2) : text;
}

/** Adds a value beside another of the same part, under a name that is not taken. */
export function addBeside(text: string, part: readonly (string | number)[], name: string, written: string): string {
  const read = readObject(text);
  return read && name ? JSON.stringify(changed(read as Json, [...part, name], written), null, 2) : text;
}

/** Returns the parts of a message that hold values by name. */
export function partsOf(text: string): string[][] {
  const find = (value: unknown, path: string[]): string[][] =>
    value !== null && typeof value === "object" && !Array.isArray(value) ? [path, ...Object.entries(value).flatMap(([name, part]) => find(part, [...path, name]))] : [];
  return find(readObject(text), []);
}

function meant(leaf: Leaf, written: string): Json {
  const said = written.trim();
  if (leaf.kind === "number" && said !== "" && String(Number(said)) === said) return Number(said);
  if (leaf.kind === "yesno" && (said === "true" || said === "false")) return said === "true";
  if (leaf.kind === "nothing" && said === "") return null;
  return written;
}

function changed(value: Json, [first, ...rest]: Leaf["path"], to: Json | undefined): Json {
  if (first === undefined) return to ?? null;
  if (Array.isArray(value)) {
    if (rest.length === 0 && to === undefined) return value.filter((_, at) => at !== first);
    return value.map((part, at) => (at === first ? changed(part, rest, to) : part));
  }
  const parts = value as { [name: string]: Json };
  if (rest.length === 0 && to === undefined) return Object.fromEntries(Object.entries(parts).filter(([name]) => name !== first));
  return { ...parts, [first]: changed(parts[first] ?? {}, rest, to) };
}
