import { describe, expect, it } from "vitest";
import { addBeside, dropLeaf, leavesOf, partsOf, pretty, putLeaf, readObject } from "./mend-draft";

const TEXT = '{"event":"purchase","ids":{"phone":"13712340001"},"properties":{"amount":20000,"vip":true,"note":null,"items":[{"sku":"a"},{"sku":"b"}]}}';
const leaf = (name: string, text = TEXT) => leavesOf(text).find(({ path }) => path.join(".") === name)!;

describe("a message being mended", () => {
  it("has a field for each value", () => {
    expect(leavesOf(TEXT).map(({ path, text, kind }) => [path.join("."), text, kind])).toEqual([
      ["event", "purchase", "text"],
      ["ids.phone", "13712340001", "text"],
      ["properties.amount", "20000", "number"],
      ["properties.vip", "true", "yesno"],
      ["properties.note", "", "nothing"],
      ["properties.items.0.sku", "a", "text"],
      ["properties.items.1.sku", "b", "text"],
    ]);
  });

  it("keeps numbers numbers, and what else is written as it is written", () => {
    const read = (text: string) => (readObject(text)!["properties"] as Record<string, unknown>)["amount"];
    expect(read(putLeaf(TEXT, leaf("properties.amount"), "200"))).toBe(200);
    expect(read(putLeaf(TEXT, leaf("properties.amount"), "0200"))).toBe("0200");
    expect(read(putLeaf(TEXT, leaf("properties.amount"), ""))).toBe("");
    expect(readObject(putLeaf(TEXT, leaf("ids.phone"), "13712340002"))).toMatchObject({ ids: { phone: "13712340002" }, properties: { vip: true } });
    expect(readObject(putLeaf(TEXT, leaf("properties.vip"), "false"))).toMatchObject({ properties: { vip: false } });
    expect(readObject(putLeaf(TEXT, leaf("properties.items.1.sku"), "c"))).toMatchObject({ properties: { items: [{ sku: "a" }, { sku: "c" }] } });
  });

  it("loses and gains values", () => {
    expect(readObject(dropLeaf(TEXT, leaf("properties.note")))!["properties"]).not.toHaveProperty("note");
    expect(readObject(dropLeaf('{"a":[1,2]}', leaf("a.0", '{"a":[1,2]}')))).toEqual({ a: [2] });
    expect(partsOf('{"ids":{},"a":[{"b":1}]}')).toEqual([[], ["ids"]]);
    expect(readObject(addBeside('{"ids":{}}', ["ids"], "user_id", "u1"))).toEqual({ ids: { user_id: "u1" } });
    expect(addBeside("{}", [], "", "x")).toBe("{}");
  });

  it("leaves what is no JSON alone", () => {
    expect(pretty("{")).toBe("{");
    expect(leavesOf("[1]")).toEqual([]);
    expect(putLeaf("{", leaf("event"), "x")).toBe("{");
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  });
});
