// What a person corrects of how a file is read and mapped. It is kept by this browser under the upload's
// name, so that neither a reload nor going back loses it.
import { useCallback, useState } from "react";
import { recall, remember } from "@/ui/remembered";
import type { FieldDefinition, Look, Mapping, Overrides } from "./asking";

export type DateOrder = NonNullable<Mapping["date_order"]>;

export interface Draft {
  /** What its rows are, and where they come from, if somebody said so. */
  rows?: string;
  source?: string;
  overrides: Overrides;
  order?: DateOrder;
  /** By kind of rows and column: what the column means; null leaves it out. */
  told: Record<string, Record<string, string | null>>;
  /** By kind of rows: fields that are made for this file, or changed from how they were proposed. */
  made: Record<string, FieldDefinition[]>;
  /** The job that tried it out before it was imported. */
  checked?: number;
}

export const BLANK: Draft = { overrides: {}, told: {}, made: {} };

const KEY = "imports";
const KEPT_MS = 48 * 3_600_000;

type Shelf = Record<string, { at: number; draft: Draft }>;

/** Returns the draft of an upload; drafts of uploads that are gone by now are forgotten. */
export function useDraft(upload: string): [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState<Draft>(() => recall<Shelf>(KEY, {})[upload]?.draft ?? BLANK);
  const change = useCallback(
    (some: Partial<Draft>) => {
      setDraft((old) => {
        const next = { ...old, ...some };
        const now = Date.now();
        const living = Object.entries(recall<Shelf>(KEY, {})).filter(([, one]) => now - one.at < KEPT_MS);
        remember(KEY, { ...Object.fromEntries(living), [upload]: { at: now, draft: next } });
        return next;
      });
    },
    [upload],
  );
  return [draft, change];
}

/** Returns the mapping as it was proposed, with what a person told otherwise. */
export function mappingOf(look: Look, draft: Draft): Mapping {
  const proposed = look.mapping;
  const told = draft.told[proposed.rows] ?? {};
  const columns = proposed.columns.map((one) => {
    const to = told[one.column];
    return to === undefined || to === one.to ? one : { column: one.column, to, confidence: 1, because: "told" as const };
  });
  const made = draft.made[proposed.rows] ?? [];
  const used = new Set(columns.map((one) => one.to));
  const fresh = [...(proposed.new ?? []).filter((field) => !made.some((mine) => mine.name === field.name)), ...made];
  return { ...proposed, columns, new: fresh.filter((field) => used.has(field.name)), date_order: draft.order ?? proposed.date_order ?? null };
}

/** Returns the draft's change that says what a column means; its field too, if it is a new one. */
export function tell(draft: Draft, rows: string, column: string, to: string | null, field?: FieldDefinition): Partial<Draft> {
  const told = { ...draft.told, [rows]: { ...draft.told[rows], [column]: to } };
  if (!field) return { told };
  const others = (draft.made[rows] ?? []).filter((one) => one.name !== field.name);
  return { told, made: { ...draft.made, [rows]: [...others, field] } };
}

/** Returns what is asked of the server: the file as the draft says that it is read. */
export const reading = (draft: Draft) => ({ rows: draft.rows ?? null, source: draft.source ?? null, overrides: draft.overrides });

/** Returns a heading as a name that definitions may have; the server's own rule. */
export function fieldName(column: string): string {
  const name = column
    .normalize("NFKC")
    .replace(/[^\w\u4e00-\u9fff]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  return name && !/^\d/.test(name) ? name : `column_${name}`;
}

/** Begins the draft of an upload; columns without a name are named in the language it was begun in. */
export function begin(upload: string, lang: "zh" | "en"): void {
  const draft: Draft = { ...BLANK, overrides: { lang } };
  remember(KEY, { ...recall<Shelf>(KEY, {}), [upload]: { at: Date.now(), draft } });
}
