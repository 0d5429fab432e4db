// What the columns of a file may mean: the choices for a picker, and what each is called.
import { useMemo } from "react";
import type { Option } from "@/ui/Combo";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { Definitions, FieldDefinition, Mapping } from "./asking";
import { WORDS } from "./wizard-words";

export const [KEY, AT, EVENT, ID, PERSON] = ["@key", "@at", "@event", "@id:", "@person:"] as const;
/** The choices that are no targets. */
export const [IGNORE, NEW] = ["-ignore", "-new"] as const;

export const isCustomers = (rows: string): boolean => rows === "customers";

/** Returns the type of identifier that a target is of, if it is of any. */
export function identifierOf(to: string | null, mapping: Mapping, known: Definitions): string | null {
  if (to === null) return null;
  if (to.startsWith(ID)) return to.slice(ID.length);
  return isCustomers(mapping.rows) ? (known.fields.find((field) => field.name === to)?.identifier ?? null) : null;
}

/** Returns the properties that rows of a kind may have: an event's own, or those of all of them. */
function propertiesOf(rows: string, known: Definitions) {
  const events = rows === "events" ? known.events : known.events.filter((event) => event.name === rows);
  return [...new Map(events.flatMap((event) => event.properties ?? []).map((one) => [one.name, one])).values()];
}

export interface Targets {
  options: Option[];
  label: (to: string | null) => string;
}

/** Returns what columns of a mapping's rows may mean. */
export function useTargets(mapping: Mapping, known: Definitions): Targets {
  const t = useWords(WORDS);
  const lang = useLang();
  return useMemo(() => {
    const customers = isCustomers(mapping.rows);
    const option = (key: string, label: string, group: string, words: readonly string[] = [], note?: string): Option => ({ key, label, group, also: words, note });
    const words = (one: { name: string; zh?: string; en?: string; synonyms?: readonly string[] }) => [one.name, one.zh ?? "", one.en ?? "", ...(one.synonyms ?? [])].filter(Boolean);
    const typeOf = (one: Pick<FieldDefinition, "value">) => t.types[one.value ?? "text"];
    const ids = known.identifiers.map((one) => option(ID + one.name, customers ? t.id(labelOf(one, lang)) : labelOf(one, lang), t.groups.ids, words(one)));
    const own = known.fields.filter((field) => customers || !field.identifier);
    const fields = own.map((field) => option(customers ? field.name : PERSON + field.name, labelOf(field, lang), customers ? t.groups.fields : t.groups.person, words(field), typeOf(field)));
    const taken = new Set(customers ? own.map((field) => field.name) : propertiesOf(mapping.rows, known).map((one) => one.name));
    const made = (mapping.new ?? [])
      .filter((field) => !taken.has(field.name))
      .map((field) => option(field.name, t.newFieldOf(labelOf(field, lang)), customers ? t.groups.fields : t.groups.properties, words(field), typeOf(field)));
    const special = [option(AT, customers ? t.atCustomers : t.at, t.groups.special), option(KEY, t.key, t.groups.special, [], t.keyNote)];
    if (!customers) special.push(option(EVENT, t.event, t.groups.special));
    const properties = customers ? [] : propertiesOf(mapping.rows, known).map((one) => option(one.name, labelOf(one, lang), t.groups.properties, words(one), t.types[one.value ?? "text"]));
    const main = customers ? [...fields, ...made, ...ids] : [...properties, ...made, ...ids, ...fields];
    const others = [option(NEW, t.newField, t.groups.other), option(IGNORE, t.ignore, t.groups.other, [], t.ignoreNote)];
    const options = [...others, ...special, ...main];
    const by = new Map(options.map((one) => [one.key, one.label]));
    return { options, label: (to: string | null) => (to === null ? t.ignore : (by.get(to) ?? to)) };
  }, [mapping.rows, mapping.new, known, lang, t]);
}
