// What lands is shown once, the newest first, and no more than is kept.
import { describe, expect, it } from "vitest";
import type { Landed } from "./asking";
import { CLIENTS } from "./snippets";
import { join } from "./tailing";

const of = (...numbers: string[]): Landed[] => numbers.map((number) => ({ number }) as Landed);
const numbers = (all: readonly Landed[]): string[] => all.map((one) => one.number);

describe("what landed", () => {
  it("stands newest first, each once", () => {
    const first = join([], of("1", "2"), 10);
    expect(numbers(first)).toEqual(["2", "1"]);
    expect(numbers(join(first, of("2", "3"), 10))).toEqual(["3", "2", "1"]);
    expect(numbers(join(first, of("3", "4"), 3))).toEqual(["4", "3", "2"]);
    expect(join(first, of("1"), 10)).toBe(first);
  });
});

describe("code to copy", () => {
  it.each(CLIENTS.map((one) => one.id))("of %s names the intake and shows the key", (id) => {
    const client = CLIENTS.find((one) => one.id === id)!;
    const pieces = client.pieces({ base: "https://in.example", key: "qxw_1" });
    expect(pieces.every((piece) => piece.code.includes("in.example"))).toBe(true);
    expect(pieces.some((piece) => piece.code.includes("qxw_1"))).toBe(true);
    if (id !== "http") expect(pieces.every((piece) => piece.code.includes(`in.example/${id}`))).toBe(true);
  });
});
