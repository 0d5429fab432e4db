// What this reader's rules may name, asked of the server once and looked up by name.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { api, got, type Schemas } from "@/api/client";
import type { Fn, Kind, Op } from "./rule";

export type Vocabulary = Schemas["Vocabulary"];
export type FieldWord = Vocabulary["fields"][number];
export type EventWord = Vocabulary["events"][number];
export type PropertyWord = EventWord["properties"][number];

export const vocabularyQuery = queryOptions({
  queryKey: ["vocabulary"],
  queryFn: () => got(api.GET("/v1/vocabulary")),
  staleTime: 60_000,
});

export const useVocabulary = () => useQuery(vocabularyQuery);

const EMPTY: Vocabulary = { fields: [], events: [], audiences: [], lists: [], operators: {}, needs: {}, functions: [], words: {} } as unknown as Vocabulary;

export const VocabularyContext = createContext<Vocabulary>(EMPTY);

export const useWordsOfRules = (): Vocabulary => useContext(VocabularyContext);

/** An event's own time can be asked for like a property. */
const AT: PropertyWord = { name: "at", kind: "moment", zh: "时间", en: "Time", values: null } as PropertyWord;

export const fieldOf = (v: Vocabulary, name: string): FieldWord | undefined => v.fields.find((field) => field.name === name);

export const eventOf = (v: Vocabulary, name: string): EventWord | undefined => v.events.find((event) => event.name === name);

export const propertiesOf = (event: EventWord | undefined): PropertyWord[] => (event ? [...event.properties, AT] : []);

export const propertyOf = (event: EventWord | undefined, name: string | null | undefined): PropertyWord | undefined => propertiesOf(event).find((one) => one.name === name);

export const opsOf = (v: Vocabulary, kind: Kind): Op[] => (v.operators as Record<string, Op[]>)[kind] ?? [];

const AMOUNTS: readonly Kind[] = ["number", "money"];
const ORDERED: readonly Kind[] = [...AMOUNTS, "date", "moment"];
const ALL: readonly Kind[] = [...ORDERED, "text", "yesno", "texts"];

/** The kinds of property each function is of; none: it is of the event itself. */
export const KINDS_OF_FN: Record<Fn, readonly Kind[]> = {
  count: [], days: [], gap: [], recency: [], trend: AMOUNTS, sum: AMOUNTS, avg: AMOUNTS, median: AMOUNTS, min: ORDERED, max: ORDERED,
  distinct: ALL, first: ALL, last: ALL, top: ALL, top_share: ALL, list: ALL,
};
const PROPERTY_OPTIONAL: ReadonlySet<Fn> = new Set<Fn>(["trend", "first", "last"]);

/** Says whether a function cannot be asked without a property. */
export const needsProperty = (fn: Fn): boolean => KINDS_OF_FN[fn].length > 0 && !PROPERTY_OPTIONAL.has(fn);

/** Returns the kind of a function's result. */
export function resultOf(fn: Fn, kind: Kind | undefined): Kind {
  if (kind && ["sum", "avg", "median", "min", "max", "first", "last"].includes(fn)) return kind;
  if (fn === "first" || fn === "last") return "moment";
  if (fn === "top" && kind) return kind === "texts" ? "text" : kind;
  return fn === "list" ? "texts" : "number";
}
