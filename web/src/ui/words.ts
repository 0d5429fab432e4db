// The words of a screen, in both languages. A screen keeps its words beside it, as
// `const WORDS = words({ zh: {...}, en: {...} })`; a word that lacks in one language does not compile.
import { createContext, useContext } from "react";

export type Lang = "zh" | "en";

export const LangContext = createContext<Lang>("zh");

/** Returns the language the reader has chosen. */
export function useLang(): Lang {
  return useContext(LangContext);
}

/** Anything said: a text, a function that makes one, or more of them by name. */
type Same<T> = { [K in keyof T]: T[K] extends string ? string : T[K] extends (...args: infer A) => string ? (...args: A) => string : Same<T[K]> };

export interface Words<T> {
  zh: T;
  en: Same<T>;
}

/** Declares the words of a screen; English must have exactly the words that Chinese has. */
export function words<T extends object>(both: { zh: T; en: NoInfer<Same<T>> }): Words<T> {
  return both;
}

/** Declares words that are looked up by a name which may be any. */
export const table = (labels: Record<string, string>): Record<string, string> => labels;

/** Returns a screen's words in the reader's language. */
export function useWords<T>(both: Words<T>): Same<T> {
  return (useLang() === "zh" ? both.zh : both.en) as Same<T>;
}

/** Returns a number with the English noun that goes with it. */
export const counted = (n: string, one: string, many = `${one}s`): string => `${n} ${n === "1" ? one : many}`;

/** Returns a thing's label in a language, by whatever name it has if it has no label. */
export function labelOf(thing: { name: string; zh?: string; en?: string }, lang: Lang): string {
  return thing[lang] || thing.zh || thing.en || thing.name;
}
