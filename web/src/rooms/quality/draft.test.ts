import { describe, expect, it } from "vitest";
import type { AsideGroup } from "./asking";
import { begin, finish, readPairs, say } from "./draft";

const group = { source: "web", event: "purchase", column: "channel", code: "plan.choice" } as AsideGroup;

describe("a fix being written", () => {
  it("begins with what is most likely meant", () => {
    expect(begin(group)).toMatchObject({ kind: "map", property: "channel", name: "fix_web_purchase_channel" });
    expect(begin({ ...group, column: "", code: "plan.unknown_event" }).kind).toBe("rename_event");
  });

  it("is nothing until it is whole", () => {
    const draft = begin(group);
    expect(finish(draft, group)).toBeUndefined();
    const done = finish({ ...draft, pairs: "App = app\nH5=\nnothing" }, group);
    expect(done).toMatchObject({ source: "web", event: "purchase", property: "channel", since: null, does: { do: "map", values: { App: "app", H5: null } } });
    expect(say(done!.does)).toBe("App → app, H5 → ∅");
    expect(finish({ ...draft, kind: "rename_event", to: "visit" }, group)).toMatchObject({ property: null, does: { to: "visit" } });
    expect(finish({ ...draft, kind: "drop", property: "" }, group)).toBeUndefined();
  });

  it("reads values that hold the sign themselves", () => {
    expect(readPairs("a=b=c")).toEqual({ a: "b=c" });
  });
});
