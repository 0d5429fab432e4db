import { describe, expect, it } from "vitest";
import { above, add, change, depthOf, duplicate, fromRule, groupDraft, idAt, leafDraft, move, remove, toRule, walk, type GroupDraft } from "./draft";
import type { Compare, Rule } from "./rule";

const is = (field: string, value: Compare["value"] = "x"): Compare => ({ node: "compare", field, op: "eq", value });

const RULES: Rule[] = [
  { node: "all", of: [] },
  { node: "all", of: [is("a"), { node: "any", of: [is("b"), { node: "not", of: is("c") }] }] },
  { node: "any", of: [{ node: "not", of: { node: "all", of: [is("a"), is("b")] } }, { node: "audience", audience: "vip" }] },
  { node: "all", of: [{ node: "bucket", seed: "s", start: 0, end: 10 }, { node: "list", list: "l" }] },
];

const fields = (root: GroupDraft): string[] => walk(root).flatMap((d) => (d.kind === "leaf" && d.leaf.node === "compare" ? [d.leaf.field] : []));
const idOf = (root: GroupDraft, field: string): string => walk(root).find((d) => d.kind === "leaf" && d.leaf.node === "compare" && d.leaf.field === field)!.id;

describe("a draft", () => {
  it.each(RULES)("comes back as the rule it was made of", (rule) => {
    expect(toRule(fromRule(rule)).rule).toEqual(rule);
  });

  it("wraps what is not a group, and double negation", () => {
    expect(toRule(fromRule(is("a"))).rule).toEqual({ node: "all", of: [is("a")] });
    const twice: Rule = { node: "not", of: { node: "not", of: is("a") } };
    expect(toRule(fromRule(twice)).rule).toEqual({ node: "all", of: [{ node: "not", of: { node: "all", of: [{ node: "not", of: is("a") }] } }] });
  });

  it("leaves out what is off or lacks a value, and counts places without them", () => {
    const root = fromRule({ node: "all", of: [is("a"), is("b"), is("c", ""), is("d")] });
    const off = change(root, idOf(root, "a"), (d) => ({ ...d, off: true }));
    const made = toRule(off);
    expect(made.rule).toEqual({ node: "all", of: [is("b"), is("d")] });
    expect(made.incomplete).toEqual([idOf(root, "c")]);
    expect(made.asked).toBe(2);
    expect(made.ids.get("of.1")).toBe(idOf(root, "d"));
  });

  it("finds the node of a place inside it, behind a negation too", () => {
    const root = fromRule({ node: "all", of: [{ node: "not", of: is("a") }, { node: "any", of: [is("b")] }] });
    const { ids } = toRule(root);
    expect(idAt(ids, "of.0.of.value")).toBe(idOf(root, "a"));
    expect(idAt(ids, "of.0")).toBe(idOf(root, "a"));
    expect(idAt(ids, "of.1.of.0.value.2")).toBe(idOf(root, "b"));
    expect(idAt(ids, null)).toBeUndefined();
  });
});

describe("moving", () => {
  const rule: Rule = { node: "all", of: [is("a"), { node: "any", of: [is("b"), is("c")] }, is("d")] };

  it("goes into a neighbouring group, through it and out again, one place at a time", () => {
    let root = fromRule(rule);
    const a = idOf(root, "a");
    const orders: string[] = [];
    for (let i = 0; i < 5; i++) {
      root = move(root, a, 1);
      orders.push(`${fields(root).join("")}@${above(root, a)!.length}`);
    }
    expect(orders).toEqual(["abcd@2", "bacd@2", "bcad@2", "bcad@1", "bcda@1"]);
    for (let i = 0; i < 5; i++) root = move(root, a, -1);
    expect(toRule(root).rule).toEqual(rule);
  });

  it("stays where there is no further place", () => {
    const root = fromRule(rule);
    expect(move(root, idOf(root, "a"), -1)).toBe(root);
    expect(move(root, idOf(root, "d"), 1)).toBe(root);
  });

  it("never makes groups too deep, nor loses a condition", () => {
    const deep = groupDraft("all", [groupDraft("any", [groupDraft("all", [leafDraft(is("z"))])]), groupDraft("all", [groupDraft("any", [leafDraft(is("y"))])])]);
    for (const node of walk(deep)) {
      for (const step of [-1, 1] as const) {
        const moved = move(deep, node.id, step);
        expect(depthOf(moved)).toBeLessThanOrEqual(4);
        expect(fields(moved).sort()).toEqual(["y", "z"]);
      }
    }
  });
});

describe("changing", () => {
  it("removes a node and the groups that leaves empty", () => {
    const root = fromRule({ node: "all", of: [is("a"), { node: "any", of: [{ node: "all", of: [is("b")] }] }] });
    expect(toRule(remove(root, idOf(root, "b"))).rule).toEqual({ node: "all", of: [is("a")] });
  });

  it("copies a group with ids of its own", () => {
    const root = fromRule({ node: "all", of: [{ node: "any", of: [is("a"), is("b")] }] });
    const twice = duplicate(root, root.of[0]!.id);
    const ids = walk(twice).map((d) => d.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(fields(twice)).toEqual(["a", "b", "a", "b"]);
  });

  it("adds to the group that is named", () => {
    const root = fromRule({ node: "all", of: [{ node: "any", of: [is("a")] }] });
    expect(fields(add(root, root.of[0]!.id, leafDraft(is("b"))))).toEqual(["a", "b"]);
  });
});
