import { describe, expect, it } from "vitest";
import type { Plan } from "./asking";
import { actionsFor, begin, changeEvent, changeProperty, countByAction, faultsOf, fromPlan, newEvent, newProperty, toPlan } from "./plan-draft";

const PLAN: Plan = {
  name: "web_plan",
  zh: "网站",
  en: "",
  sources: ["web"],
  since: "2026-03-01",
  actions: { required: "refuse", type: "drop", range: "set_aside", choice: "allow", pattern: "set_aside", length: "drop" },
  unknown_event: "drop",
  unknown_property: "allow",
  events: [
    {
      event: "purchase",
      unknown_property: "refuse",
      properties: [
        { name: "amount", value: "money", required: true, min: 0, max: 100, choices: [], pattern: null, max_length: null },
        { name: "coupon", value: null, required: false, min: null, max: null, choices: ["AB1"], pattern: "[A-Z]+1", max_length: 6 },
      ],
    },
  ],
};

describe("a plan being edited", () => {
  it("comes to what it was made of", () => {
    expect(toPlan(fromPlan(PLAN))).toEqual(PLAN);
  });

  it("leaves out what a property of its type cannot have", () => {
    const draft = fromPlan(PLAN);
    const text = changeEvent(draft, draft.events[0]!.id, (event) => changeProperty(event, event.properties[0]!.id, (one) => ({ ...one, value: "text", choices: [" a ", ""] })));
    expect(toPlan(text).events?.[0]?.properties?.[0]).toMatchObject({ value: "text", min: null, max: null, choices: ["a"] });
    expect(draft.events[0]!.properties[0]!.value).toBe("money"); // undone, it is as it was
  });

  it("gains and loses events and properties", () => {
    const event = { ...newEvent("visit"), properties: [newProperty("path")] };
    const draft = { ...begin("web"), events: [event] };
    expect(toPlan(draft)).toMatchObject({ sources: ["web"], since: null, events: [{ event: "visit", unknown_property: null, properties: [{ name: "path", value: null }] }] });
    const bare = changeEvent(draft, event.id, (one) => changeProperty(one, event.properties[0]!.id, () => undefined));
    expect(bare.events[0]!.properties).toEqual([]);
    expect(changeEvent(draft, event.id, () => undefined).events).toEqual([]);
  });

  it("says what keeps it from being saved, and where", () => {
    const [one, other, nameless] = [newProperty("a"), newProperty(" a"), newProperty()];
    const odd = { ...newProperty("n"), value: "number" as const, min: 5, max: 1 };
    const event = { ...newEvent("visit"), properties: [one, other, nameless, odd] };
    const again = newEvent("visit");
    expect(faultsOf({ ...begin(), events: [event, again] })).toEqual([
      { at: again.id, what: "twice" },
      { at: other.id, what: "twice" },
      { at: nameless.id, what: "noName" },
      { at: odd.id, what: "minAboveMax" },
    ]);
    expect(faultsOf(fromPlan(PLAN))).toEqual([]);
  });

  it("can leave out what is wrong, but not what lacks", () => {
    expect(actionsFor("required")).toEqual(["allow", "set_aside", "refuse"]);
    expect(actionsFor("range")).toContain("drop");
  });

  it("counts a trial by what becomes of rows", () => {
    const broken = [
      { action: "refuse", rows: 2 },
      { action: "drop", rows: 1 },
      { action: "refuse", rows: 3 },
    ] as const;
    expect(countByAction(broken)).toEqual([["drop", 1], ["refuse", 5]]);
  });
});
