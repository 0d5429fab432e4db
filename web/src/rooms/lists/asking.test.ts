import { describe, expect, it } from "vitest";
import { identifiersIn } from "./asking";

describe("identifiers in a text", () => {
  it("are parted by lines, commas and tabs of either script, each once", () => {
    expect(identifiersIn(" 13800138000，a@b.cn;\r\n\nVIP 1\t13800138000、x")).toEqual(["13800138000", "a@b.cn", "VIP 1", "x"]);
  });
  it("are none in nothing", () => {
    expect(identifiersIn(" \n ,")).toEqual([]);
  });
});
