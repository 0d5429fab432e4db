// Finding by what is typed: Chinese by itself or by pinyin (full or initials), English by its letters.
// The table of pinyin comes a moment after the page; until then Chinese is found by itself only.
import type PinyinMatch from "pinyin-match";

let pinyin: typeof PinyinMatch | undefined;

/** Resolves once Chinese is found by pinyin too. */
export const pinyinReady = import("pinyin-match").then((table) => {
  pinyin = table.default;
});

export type Place = [number, number];

/** Returns where a text matches what is typed, first and last letter, or null; nothing typed matches all. */
export function match(text: string, typed: string): Place | null {
  const wanted = typed.trim();
  if (!wanted) return [0, -1];
  const plain = text.toLowerCase().indexOf(wanted.toLowerCase());
  if (plain >= 0) return [plain, plain + wanted.length - 1];
  const found = pinyin?.match(text, wanted);
  return found ? (found as Place) : null;
}

/** Returns the things that any of their words matches, those that match at the beginning first. */
export function best<T>(things: readonly T[], typed: string, wordsOf: (thing: T) => readonly string[], most = 50): T[] {
  const ranked: { thing: T; rank: number }[] = [];
  for (const thing of things) {
    const ranks = wordsOf(thing).flatMap((word) => {
      const place = match(word, typed);
      return place ? [place[0] + word.length / 1000] : [];
    });
    if (ranks.length) ranked.push({ thing, rank: Math.min(...ranks) });
  }
  if (typed.trim()) ranked.sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, most).map(({ thing }) => thing);
}
