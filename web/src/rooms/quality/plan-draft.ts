// A tracking plan being edited: what the form holds, and the definition it is made of and comes to.
import type { Action, Plan, PlannedEvent, PlannedProperty, PlannedType } from "./asking";

export const NUMERIC: ReadonlySet<string> = new Set(["number", "integer", "money"]);
export const TYPES: readonly PlannedType[] = ["text", "number", "integer", "money", "yesno", "date", "moment", "phone", "mail", "texts"];
export const ACTIONS: readonly Action[] = ["allow", "drop", "set_aside", "refuse"];

/** What can be wrong with an event or a property that is planned, in the order in which it is judged. */
export const WRONGS = ["required", "type", "range", "choice", "pattern", "length"] as const;
export type Wrong = (typeof WRONGS)[number];

export interface PropertyDraft {
  id: string;
  name: string;
  value: PlannedType | "";
  required: boolean;
  min: number | null;
  max: number | null;
  choices: string[];
  pattern: string;
  max_length: number | null;
}

export interface EventDraft {
  id: string;
  event: string;
  /** Empty: as the plan says of all. */
  unknown_property: Action | "";
  properties: PropertyDraft[];
}

export interface PlanDraft {
  name: string;
  zh: string;
  en: string;
  sources: string[];
  since: string;
  actions: Record<Wrong, Action>;
  unknown_event: Action;
  unknown_property: Action;
  events: EventDraft[];
}

let last = 0;
const newId = (): string => `p${++last}`;

const DEFAULTS: Record<Wrong, Action> = { required: "set_aside", type: "drop", range: "set_aside", choice: "set_aside", pattern: "set_aside", length: "drop" };

/** Returns the actions there are for what is wrong: of what lacks nothing can be left out. */
export const actionsFor = (wrong: Wrong): readonly Action[] => (wrong === "required" ? ACTIONS.filter((one) => one !== "drop") : ACTIONS);

export const newProperty = (name = ""): PropertyDraft => ({ id: newId(), name, value: "", required: false, min: null, max: null, choices: [], pattern: "", max_length: null });
export const newEvent = (event = ""): EventDraft => ({ id: newId(), event, unknown_property: "", properties: [] });

/** Returns a plan with nothing in it yet. */
export const begin = (source = ""): PlanDraft => ({
  name: "",
  zh: "",
  en: "",
  sources: source ? [source] : [],
  since: "",
  actions: DEFAULTS,
  unknown_event: "allow",
  unknown_property: "allow",
  events: [],
});

/** Returns a plan as it is edited. */
export function fromPlan(plan: Plan): PlanDraft {
  return {
    name: plan.name,
    zh: plan.zh ?? "",
    en: plan.en ?? "",
    sources: [...(plan.sources ?? [])],
    since: plan.since ?? "",
    actions: { ...DEFAULTS, ...plan.actions },
    unknown_event: plan.unknown_event ?? "allow",
    unknown_property: plan.unknown_property ?? "allow",
    events: (plan.events ?? []).map((one) => ({ id: newId(), event: one.event, unknown_property: one.unknown_property ?? "", properties: (one.properties ?? []).map(fromProperty) })),
  };
}

const fromProperty = (one: PlannedProperty): PropertyDraft => ({
  id: newId(),
  name: one.name,
  value: one.value ?? "",
  required: one.required ?? false,
  min: one.min ?? null,
  max: one.max ?? null,
  choices: [...(one.choices ?? [])],
  pattern: one.pattern ?? "",
  max_length: one.max_length ?? null,
});

/** Returns the definition that a draft comes to. */
export function toPlan(draft: PlanDraft): Plan {
  const { since, events, ...rest } = draft;
  return { ...rest, actions: draft.actions as Plan["actions"], zh: draft.zh.trim(), en: draft.en.trim(), since: since || null, events: events.map(toEvent) };
}

const toEvent = (one: EventDraft): PlannedEvent => ({ event: one.event.trim(), unknown_property: one.unknown_property || null, properties: one.properties.map(toProperty) });

function toProperty(one: PropertyDraft): PlannedProperty {
  const bounded = NUMERIC.has(one.value);
  return {
    name: one.name.trim(),
    value: one.value || null,
    required: one.required,
    min: bounded ? one.min : null,
    max: bounded ? one.max : null,
    choices: one.choices.map((choice) => choice.trim()).filter(Boolean),
    pattern: one.pattern || null,
    max_length: one.max_length,
  };
}

/** Changes one event of a draft; undefined takes it out. */
export function changeEvent(draft: PlanDraft, id: string, change: (event: EventDraft) => EventDraft | undefined): PlanDraft {
  return { ...draft, events: draft.events.flatMap((one) => (one.id === id ? (change(one) ?? []) : one)) };
}

/** Changes one property of an event; undefined takes it out. */
export function changeProperty(event: EventDraft, id: string, change: (property: PropertyDraft) => PropertyDraft | undefined): EventDraft {
  return { ...event, properties: event.properties.flatMap((one) => (one.id === id ? (change(one) ?? []) : one)) };
}

export interface Fault {
  /** The id of the event or property. */
  at: string;
  what: "noName" | "twice" | "minAboveMax";
}

/** Returns what keeps a draft from being saved, by the event or property concerned. */
export function faultsOf(draft: PlanDraft): Fault[] {
  const named = namesOf(draft.events.map(({ id, event }) => ({ id, name: event })));
  const inside = draft.events.flatMap(({ properties }) => [
    ...namesOf(properties),
    ...properties.filter(({ value, min, max }) => NUMERIC.has(value) && min !== null && max !== null && min > max).map(({ id }): Fault => ({ at: id, what: "minAboveMax" })),
  ]);
  return [...named, ...inside];
}

function namesOf(all: readonly { id: string; name: string }[]): Fault[] {
  const seen = new Set<string>();
  return all.flatMap(({ id, name }): Fault[] => {
    const said = name.trim();
    if (!said) return [{ at: id, what: "noName" }];
    if (seen.has(said)) return [{ at: id, what: "twice" }];
    seen.add(said);
    return [];
  });
}

/** Counts the rows of a trial by what becomes of them. */
export function countByAction(broken: readonly { action: Action; rows: number }[]): [Action, number][] {
  const counts = new Map<Action, number>();
  for (const { action, rows } of broken) counts.set(action, (counts.get(action) ?? 0) + rows);
  return ACTIONS.filter((one) => counts.has(one)).map((one) => [one, counts.get(one) ?? 0]);
}
