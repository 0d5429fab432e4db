import { describe, expect, it } from "vitest";
import { hookForm, hookOf, type Hook } from "./hook-asking";

const HOOK: Hook = {
  name: "shop",
  zh: "商城",
  en: "",
  source: null,
  signed: { by: "hmac", secrets: ["a", "b"], header: "X-Sign", encoding: "base64", prefix: "" },
  records: "",
  kind: "both",
  event: "",
  event_path: "",
  event_header: "X-Topic",
  events: { "orders/paid": "purchase", ping: "" },
  at: "created_at",
  zone: "Asia/Shanghai",
  id: "",
  id_header: "X-Id",
  ids: { phone: "customer.phone" },
  properties: { amount: "total" },
  all_under: "",
  fields: { city: "customer.city" },
  per_second: 5,
  challenge: "",
};

describe("a hook's form", () => {
  it("says again what the definition says", () => {
    expect(hookOf({ ...hookForm(HOOK), name: "shop" })).toEqual(HOOK);
  });

  it("leaves out what its kind and its way of signing cannot have", () => {
    const said = hookOf({ ...hookForm(HOOK), name: "shop", kind: "profile", by: "standard" });
    expect(said.signed).toEqual({ by: "standard", secrets: ["a", "b"] });
    expect([said.event_header, said.events, said.properties]).toEqual(["", {}, {}]);
    expect(said.fields).toEqual({ city: "customer.city" });
  });

  it("leaves no tolerance behind: it is kept as it was", () => {
    const signed = { by: "timestamp" as const, secrets: ["a"], header: "Stripe-Signature", tolerance_seconds: 600 };
    expect(hookOf({ ...hookForm({ ...HOOK, signed }), name: "shop" }).signed).toEqual(signed);
  });
});
