// What was noticed of a file's shape, in words; the server tells it as short codes.
import { useWords } from "@/ui/words";
import { WORDS } from "./wizard-words";

/** Returns notes in the reader's language; those that say nothing to a reader are left out. */
export function useNotes(notes: readonly string[]): string[] {
  const { notes: t } = useWords(WORDS);
  const say: [RegExp, (rest: string) => string][] = [
    [/^title rows skipped: (\d+)$/, (n) => t.titles(n)],
    [/^(no header)$/, () => t.noHeader],
    [/^(duplicate column names)$/, () => t.duplicate],
    [/^(blank column names)$/, () => t.blank],
    [/^(no rows)$/, () => t.noRows],
    [/^encoding guessed (\S+)/, (name) => t.encoding(name)],
    [/^sheet chosen of \d+: (.+)$/, (name) => t.sheet(name)],
    [/^digits lost: (.+)$/, (column) => t.digits(column)],
    [/^rows of another width in the sample: ([1-9]\d*)$/, (n) => t.width(n)],
  ];
  return notes.flatMap((note) => {
    const found = say.map(([shape, words]) => ({ part: shape.exec(note)?.[1], words })).find((one) => one.part !== undefined);
    return found ? [found.words(found.part!)] : [];
  });
}
