import { describe, expect, it } from "vitest";
import type { Tag } from "./asking";
import { begin, fromTag, judge, KINDS, lacksOf, newLevel, shift, toTag } from "./draft";

const level = (value: string, least: number | null, below: number | null) => ({ ...newLevel(), value, least, below });

const SHANGHAI = { node: "compare", field: "city", op: "in", value: ["上海市"] } as const;
const spent = { fn: "sum", event: "purchase", prop: "amount", window: { node: "ever" } } as const;
const base = { name: "x", zh: "某", en: "", family: "basic", description_zh: "", description_en: "", owner: "" } as const;

describe("a tag as it is edited", () => {
  it.each<Tag["how"]>([
    { kind: "attribute", field: "city" },
    { kind: "measure", measure: { ...spent } },
    { kind: "levels", of: { ...spent }, levels: [{ value: "高", en: "high", least: 100, below: null }] },
    { kind: "levels", of: "points", levels: [{ value: "低", en: "", least: null, below: 100 }] },
    { kind: "rule", rule: { ...SHANGHAI, value: [...SHANGHAI.value] } },
    { kind: "rules", cases: [{ value: "甲", en: "", when: { node: "any", of: [{ ...SHANGHAI, value: [...SHANGHAI.value] }, { node: "audience", audience: "a" }] } }] },
    { kind: "preference", measure: { ...spent, fn: "top" }, least_share: 0.3, least_count: 2 },
    { kind: "manual", values: ["是"] },
    { kind: "list", list: "vip" },
  ])("comes out as it went in: $kind", (how) => {
    const tag: Tag = { ...base, how };
    expect(toTag(fromTag(tag))).toEqual(tag);
    expect(lacksOf(fromTag(tag).how)).toEqual([]);
  });

  it("lacks something when it has just begun, but for those that need nothing", () => {
    const empty = KINDS.filter((kind) => lacksOf(begin(kind, "purchase").how).length === 0);
    expect(empty).toEqual(["measure", "manual"]);
    expect(lacksOf(begin("measure", "").how)).toEqual(["measure"]);
  });
});

describe("levels", () => {
  it("that cover everything once are as they should be", () => {
    expect(judge([level("低", null, 100), level("高", 100, null)])).toEqual([]);
  });

  it("tell gaps, overlaps, open ends and empty ranges", () => {
    expect(judge([level("a", 0, 10), level("b", 20, 30), level("c", 25, 40)])).toEqual([
      { what: "openBelow", at: 0 },
      { what: "gap", from: 10, to: 20 },
      { what: "overlap", one: "b", other: "c" },
      { what: "openAbove", at: 40 },
    ]);
    expect(judge([level("a", 10, 5), level("a", null, null)])).toEqual([{ what: "twice", one: "a" }, { what: "empty", one: "a" }]);
  });

  it("reach as far as the longest of them", () => {
    expect(judge([level("all", null, null), level("some", 5, 10)])).toEqual([{ what: "overlap", one: "all", other: "some" }]);
  });
});

describe("shift", () => {
  it("moves one place, and not past the ends", () => {
    expect(shift(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(shift(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
    expect(shift(["a", "b", "c"], 2, 1)).toEqual(["a", "b", "c"]);
  });
});
