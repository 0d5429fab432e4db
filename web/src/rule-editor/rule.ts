// The tree of a rule, as the server reads it.
import type { Schemas } from "@/api/client";

export type Kind = "text" | "number" | "money" | "date" | "moment" | "yesno" | "texts";
export type Compare = Schemas["Compare"];
export type Measured = Schemas["Measured"];
export type Measure = Schemas["Measure"];
export type InAudience = Schemas["InAudience"];
export type Listed = Schemas["Listed"];
export type Bucket = Schemas["Bucket"];
export type All = Schemas["All"];
export type AnyOf = Schemas["AnyOf"];
export type Not = Schemas["Not"];
export type Leaf = Compare | Measured | InAudience | Listed | Bucket;
export type Rule = All | AnyOf | Not | Leaf;
export type Op = Compare["op"];
export type Fn = Measure["fn"];
export type Window = NonNullable<Measure["window"]>;
export type Value = Compare["value"];
export type Scalar = string | number | boolean | { day: string } | { moment: string };

export type Need = "nothing" | "text" | "list" | "pair" | "days" | "weekday" | "month" | "single";

const NEEDS: Partial<Record<Op, Need>> = {
  known: "nothing",
  unknown: "nothing",
  contains: "text",
  starts_with: "text",
  ends_with: "text",
  matches: "text",
  in: "list",
  not_in: "list",
  has_any: "list",
  has_all: "list",
  has_none: "list",
  between: "pair",
  in_last: "days",
  in_next: "days",
  anniversary_in_next: "days",
  weekday: "weekday",
  month: "month",
};

/** Returns what an operator takes to its right. */
export const needOf = (op: Op): Need => NEEDS[op] ?? "single";

/** The operators that do not hold for an unknown value although they read like a negation. */
export const NEGATIVE: ReadonlySet<Op> = new Set<Op>(["ne", "not_in", "has_none"]);

const fills = (value: unknown): boolean => value !== undefined && value !== null && value !== "" && !(typeof value === "number" && Number.isNaN(value));

/** Says whether an operator has all it needs. */
export function hasValue(op: Op, value: Value | undefined): boolean {
  switch (needOf(op)) {
    case "nothing":
      return true;
    case "list":
    case "weekday":
    case "month":
      return Array.isArray(value) ? value.length > 0 : fills(value);
    case "pair":
      return Array.isArray(value) && value.length === 2 && value.every(fills);
    default:
      return fills(value) && !Array.isArray(value);
  }
}

/** Says whether a condition can be asked as it stands. */
export function isComplete(leaf: Leaf): boolean {
  switch (leaf.node) {
    case "compare":
      return leaf.field !== "" && hasValue(leaf.op, leaf.value);
    case "measured":
      return leaf.measure.event !== "" && hasValue(leaf.op, leaf.value) && wheresOf(leaf.measure).every((one) => hasValue(one.op, one.value));
    case "audience":
      return leaf.audience !== "";
    case "list":
      return leaf.list !== "";
    case "bucket":
      return leaf.seed !== "" && leaf.start < leaf.end;
  }
}

/** Returns a measure's conditions on properties, where they are a plain list of them. */
export function wheresOf(measure: Measure): Compare[] {
  const where = measure.where as Rule | null | undefined;
  if (!where) return [];
  if (where.node === "compare") return [where];
  if (where.node === "all" && where.of.every((one) => one.node === "compare")) return where.of as Compare[];
  return [];
}

/** Says whether the form can show a measure's `where`; what it cannot, the text view can. */
export function isPlainWhere(measure: Measure): boolean {
  const where = measure.where as Rule | null | undefined;
  return !where || where.node === "compare" || (where.node === "all" && where.of.every((one) => one.node === "compare"));
}

/** Returns a measure with other conditions on properties. */
export function withWheres(measure: Measure, wheres: readonly Compare[]): Measure {
  const [first] = wheres;
  const where = wheres.length === 0 ? null : wheres.length === 1 ? first : { node: "all" as const, of: [...wheres] };
  return { ...measure, where: where as Measure["where"] };
}

/** Returns a value that still fits another operator, or nothing. */
export function carry(from: Op, to: Op, value: Value | undefined): Value {
  const [before, after] = [needOf(from), needOf(to)];
  if (before === after) return value ?? null;
  if (after === "list" && (before === "single" || before === "text") && value !== null && value !== undefined && !Array.isArray(value)) return [value];
  if ((after === "single" || after === "text") && before === "list" && Array.isArray(value)) return value[0] ?? null;
  if (after === "list") return [];
  return null;
}
