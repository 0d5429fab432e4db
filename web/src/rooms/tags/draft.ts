// What is being edited: a tag that may lack something still. A definition is made of it, and it of a definition.
import { fromRule, groupDraft, toRule, type GroupDraft } from "@/rule-editor/draft";
import { hasValue, type Measure, type Rule, wheresOf } from "@/rule-editor/rule";
import { needsProperty } from "@/rule-editor/vocabulary";
import type { How, Tag } from "./asking";

export type Kind = How["kind"];
export const KINDS: readonly Kind[] = ["rule", "levels", "rules", "measure", "preference", "attribute", "derived", "list", "manual"];

export interface Level {
  id: string;
  value: string;
  en: string;
  least: number | null;
  below: number | null;
}

export interface Case {
  id: string;
  value: string;
  en: string;
  root: GroupDraft;
}

export type HowDraft =
  | { kind: "attribute"; field: string }
  | { kind: "measure"; measure: Measure }
  | { kind: "levels"; of: Measure | string; levels: Level[] }
  | { kind: "rule"; root: GroupDraft }
  | { kind: "rules" | "derived"; cases: Case[] }
  | { kind: "preference"; measure: Measure; least_share: number; least_count: number }
  | { kind: "manual"; values: string[] }
  | { kind: "list"; list: string };

export interface TagDraft {
  name: string;
  zh: string;
  en: string;
  family: NonNullable<Tag["family"]>;
  description_zh: string;
  description_en: string;
  owner: string;
  how: HowDraft;
}

let last = 0;
const newId = (): string => `t${++last}`;

export const newLevel = (): Level => ({ id: newId(), value: "", en: "", least: null, below: null });
export const newCase = (): Case => ({ id: newId(), value: "", en: "", root: groupDraft() });

const anyMeasure = (event: string, fn: Measure["fn"] = "count"): Measure => ({ fn, event, prop: null, window: { node: "ever" } });

/** Returns a tag of a kind with nothing in it yet. */
export function begin(kind: Kind, event: string): TagDraft {
  const hows: Record<Kind, () => HowDraft> = {
    attribute: () => ({ kind: "attribute", field: "" }),
    measure: () => ({ kind: "measure", measure: anyMeasure(event) }),
    levels: () => ({ kind: "levels", of: anyMeasure(event), levels: [newLevel(), newLevel()] }),
    rule: () => ({ kind: "rule", root: groupDraft() }),
    rules: () => ({ kind: "rules", cases: [newCase()] }),
    derived: () => ({ kind: "derived", cases: [newCase()] }),
    preference: () => ({ kind: "preference", measure: anyMeasure(event, "top"), least_share: 0, least_count: 1 }),
    manual: () => ({ kind: "manual", values: [] }),
    list: () => ({ kind: "list", list: "" }),
  };
  const family = kind === "preference" ? "preference" : kind === "measure" || kind === "levels" ? "behaviour" : "basic";
  return { name: "", zh: "", en: "", family, description_zh: "", description_en: "", owner: "", how: hows[kind]() };
}

/** Returns the draft of a definition. */
export function fromTag(tag: Tag): TagDraft {
  const { name, zh = "", en = "", family = "basic", description_zh = "", description_en = "", owner = "", how } = tag;
  return { name, zh, en, family, description_zh, description_en, owner, how: fromHow(how) };
}

function fromHow(how: How): HowDraft {
  switch (how.kind) {
    case "levels":
      return { kind: "levels", of: how.of, levels: how.levels.map(({ value, en = "", least = null, below = null }) => ({ id: newId(), value, en, least, below })) };
    case "rule":
      return { kind: "rule", root: fromRule(how.rule) };
    case "rules":
    case "derived":
      return { kind: how.kind, cases: how.cases.map((one) => ({ id: newId(), value: one.value, en: one.en ?? "", root: fromRule(one.when) })) };
    case "preference":
      return { kind: "preference", measure: how.measure, least_share: how.least_share ?? 0, least_count: how.least_count ?? 1 };
    case "manual":
      return { kind: "manual", values: [...(how.values ?? [])] };
    default:
      return how;
  }
}

/** Returns the definition of a draft as it stands, complete or not. */
export function toTag(draft: TagDraft): Tag {
  return { ...draft, how: toHow(draft.how) };
}

function toHow(how: HowDraft): How {
  switch (how.kind) {
    case "levels":
      return { kind: "levels", of: how.of, levels: how.levels.map(({ value, en, least, below }) => ({ value: value.trim(), en: en.trim(), least, below })) };
    case "rule":
      return { kind: "rule", rule: plain(how.root) };
    case "rules":
    case "derived":
      return { kind: how.kind, cases: how.cases.map(({ value, en, root }) => ({ value: value.trim(), en: en.trim(), when: plain(root) })) };
    default:
      return how;
  }
}

/** Returns a rule without the group around a single condition, as it is written by hand. */
function plain(root: GroupDraft): Rule {
  const { rule } = toRule(root);
  return rule.node === "all" && rule.of.length === 1 ? (rule.of[0] as Rule) : rule;
}

/** Returns what a way of knowing lacks before it can be tried out, by the names of the editor's words. */
export function lacksOf(how: HowDraft): string[] {
  switch (how.kind) {
    case "attribute":
      return how.field ? [] : ["field"];
    case "measure":
    case "preference":
      return lacksMeasure(how.measure);
    case "levels":
      return [...lacksSubject(how.of), ...lacksEach("level", how.levels, (one) => one.value.trim() !== "")];
    case "rule":
      return isAsked(how.root) ? [] : ["rule"];
    case "rules":
    case "derived":
      return lacksEach("case", how.cases, (one) => one.value.trim() !== "" && isAsked(one.root));
    case "list":
      return how.list ? [] : ["list"];
    case "manual":
      return [];
  }
}

function lacksEach<T>(name: "level" | "case", items: readonly T[], isWhole: (item: T) => boolean): string[] {
  if (items.length === 0) return [`${name}s`];
  return items.every(isWhole) ? [] : [name];
}

function lacksSubject(of: Measure | string): string[] {
  if (typeof of !== "string") return lacksMeasure(of);
  return of ? [] : ["field"];
}

function lacksMeasure(measure: Measure): string[] {
  if (!measure.event) return ["measure"];
  if (needsProperty(measure.fn) && !measure.prop) return ["prop"];
  return wheresOf(measure).every((one) => hasValue(one.op, one.value)) ? [] : ["rule"];
}

function isAsked(root: GroupDraft): boolean {
  const made = toRule(root);
  return made.asked > 0 && made.incomplete.length === 0;
}

export type Remark = { what: "gap"; from: number; to: number } | { what: "openBelow" | "openAbove"; at: number } | { what: "overlap"; one: string; other: string } | { what: "empty" | "twice"; one: string };

/** Returns what may not be meant of levels: ranges that are empty, overlap, or leave people out. */
export function judge(levels: readonly Level[]): Remark[] {
  const named = levels.filter((one) => one.value.trim());
  const out: Remark[] = [];
  const seen = new Set<string>();
  for (const { value } of named) {
    if (seen.has(value.trim())) out.push({ what: "twice", one: value });
    seen.add(value.trim());
  }
  const ranges = named.map((one) => ({ value: one.value, from: one.least ?? -Infinity, to: one.below ?? Infinity }));
  const filled = ranges.filter((one) => one.from < one.to).sort((a, b) => a.from - b.from || a.to - b.to);
  for (const one of ranges) if (one.from >= one.to) out.push({ what: "empty", one: one.value });
  const [first] = filled;
  if (!first) return out;
  if (first.from > -Infinity) out.push({ what: "openBelow", at: first.from });
  let reach = first;
  for (const next of filled.slice(1)) {
    if (next.from > reach.to) out.push({ what: "gap", from: reach.to, to: next.from });
    else if (next.from < reach.to) out.push({ what: "overlap", one: reach.value, other: next.value });
    if (next.to > reach.to) reach = next;
  }
  if (reach.to < Infinity) out.push({ what: "openAbove", at: reach.to });
  return out;
}

/** Returns the order in which values read best: levels as they were listed, others by how many have them. */
export const orderOf = (how: How | HowDraft): string[] => (how.kind === "levels" ? how.levels.map((one) => one.value) : []);

/** Returns a list with one of it a place further up or down. */
export function shift<T>(items: readonly T[], at: number, step: -1 | 1): T[] {
  const copy = [...items];
  const [one] = copy.splice(at, 1);
  if (one !== undefined) copy.splice(Math.max(0, at + step), 0, one);
  return copy;
}
