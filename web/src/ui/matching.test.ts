import { beforeAll, describe, expect, it } from "vitest";
import { best, match, pinyinReady } from "./matching";

beforeAll(() => pinyinReady);

describe("finding by what is typed", () => {
  it.each([
    ["所在城市", "城市", [2, 3]],
    ["所在城市", "chengshi", [2, 3]],
    ["所在城市", "cs", [2, 3]],
    ["Favourite category", "CATEG", [10, 14]],
    ["人群", "rq", [0, 1]],
  ])("%s is found by %s", (text, typed, place) => {
    expect(match(text, typed)).toEqual(place);
  });

  it("does not find what is not there, and finds all by nothing", () => {
    expect(match("所在城市", "xyz")).toBeNull();
    expect(match("所在城市", "  ")).not.toBeNull();
  });

  it("puts what begins so before what holds it", () => {
    expect(best(["偏好品类", "品类", "面部护理品类"], "pinlei", (word) => [word])).toEqual(["品类", "偏好品类", "面部护理品类"]);
  });
});
