// What a form says becomes a definition and back; expressions are read in plain words, or not at all.
import { describe, expect, it } from "vitest";
import { readCron } from "./cron";
import { formOf, pairsOf, readsOf } from "./fields";

describe("a cron expression", () => {
  it.each([
    ["* * * * *", { kind: "minutes", every: 1 }],
    ["*/15 * * * *", { kind: "minutes", every: 15 }],
    ["5 * * * *", { kind: "hours", every: 1, minute: 5 }],
    ["0 */6 * * *", { kind: "hours", every: 6, minute: 0 }],
    ["30 2 * * *", { kind: "daily", at: "02:30" }],
    ["0 8,20 * * *", { kind: "daily", at: "08:00 20:00" }],
    ["0 8 * * 1-5", { kind: "weekly", at: "08:00", days: [1, 2, 3, 4, 5] }],
    ["0 8 * * mon,0", { kind: "weekly", at: "08:00", days: [1, 0] }],
    ["0 8 * * 7", { kind: "weekly", at: "08:00", days: [0] }],
    ["0 3 1,15 * *", { kind: "monthly", at: "03:00", days: [1, 15] }],
  ])("%s is read", (cron, reading) => expect(readCron(cron)).toEqual(reading));

  it.each(["", "* * *", "*/7 * * * *", "0 */5 * * *", "0 8 1 * 1", "0 8 * 3 *", "0 8 L * *", "0 8 5-1 * *", "61 * * * *", "0 8 * * 1#2"])("%s is left to its times", (cron) => expect(readCron(cron)).toBeNull());
});

describe("a form", () => {
  it("says only what is asked of the place", () => {
    const said = { system: "sqlite", host: "db", database: "shop.db", table: "c", query: "", user: undefined, url: "https://x" };
    expect(readsOf("database", said)).toEqual({ type: "database", system: "sqlite", database: "shop.db", table: "c" });
  });

  it("gives back what it was made of", () => {
    const reads = { type: "rest", url: "https://x/y", auth: "header", header: "X-Key", secret: "k", paging: { by: "cursor", path: "meta.next", param: "after" }, params: { a: "1", b: "x=y" } };
    expect(readsOf("rest", formOf("rest", reads))).toEqual({ ...reads });
    expect(pairsOf(" a = 1 \n\n b=x=y")).toEqual({ a: "1", b: "x=y" });
  });
});
