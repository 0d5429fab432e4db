// What two texts have in common, line by line.

export interface Line {
  text: string;
  side: "both" | "old" | "new";
}

/** Returns the lines of two texts in one order, each told where it stands: the longest common part is kept. */
export function compareLines(before: string, after: string): Line[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  // longest[i][j] is of a from line i, and b from line j.
  const longest = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i]![j] = a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    }
  }
  const out: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ text: a[i]!, side: "both" });
      [i, j] = [i + 1, j + 1];
    } else if (j >= b.length || (i < a.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) {
      out.push({ text: a[i++]!, side: "old" });
    } else {
      out.push({ text: b[j++]!, side: "new" });
    }
  }
  return out;
}
