import { describe, expect, it } from "vitest";
import { compareLines } from "./diff";

const said = (before: string, after: string) => compareLines(before, after).map(({ text, side }) => `${{ both: " ", old: "-", new: "+" }[side]}${text}`);

describe("compareLines", () => {
  it("keeps what is common and tells what is not", () => {
    expect(said("a\nb\nc", "a\nx\nc\nd")).toEqual([" a", "-b", "+x", " c", "+d"]);
  });

  it("says of equal texts that both have them", () => {
    expect(said("a\nb", "a\nb")).toEqual([" a", " b"]);
  });

  it("goes past the end of either", () => {
    expect(said("a\nb\nc", "a")).toEqual([" a", "-b", "-c"]);
    expect(said("a", "x\na\nb")).toEqual(["+x", " a", "+b"]);
  });
});
