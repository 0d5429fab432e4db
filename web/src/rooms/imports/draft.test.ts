// The corrections of a mapping: they stand over what was proposed, and come back with the upload.
import { describe, expect, it } from "vitest";
import type { FieldDefinition, Look } from "./asking";
import { BLANK, fieldName, mappingOf, tell } from "./draft";

const look = {
  mapping: {
    name: "crm_customers",
    source: "crm",
    rows: "customers",
    columns: [
      { column: "姓名", to: "name", confidence: 0.98, because: "name" },
      { column: "宠物", to: "宠物", confidence: 0.5, because: "new" },
      { column: "空", to: null, confidence: 1, because: "unused" },
    ],
    new: [{ name: "宠物", zh: "宠物", en: "宠物", value: "text" }],
  },
} as unknown as Look;

const pet = { name: "宠物", zh: "宠物", en: "Pet", value: "choice" } as FieldDefinition;

describe("a mapping", () => {
  it("is the proposal where nobody said otherwise", () => {
    expect(mappingOf(look, BLANK)).toEqual({ ...look.mapping, date_order: null });
  });

  it("takes what was told of a column, and drops new fields that no column fills", () => {
    const mapping = mappingOf(look, { ...BLANK, ...tell(BLANK, "customers", "宠物", null) });
    expect(mapping.columns[1]).toEqual({ column: "宠物", to: null, confidence: 1, because: "told" });
    expect(mapping.new).toEqual([]);
  });

  it("takes a new field as it was changed", () => {
    const mapping = mappingOf(look, { ...BLANK, ...tell(BLANK, "customers", "宠物", "宠物", pet) });
    expect(mapping.new).toEqual([pet]);
  });

  it("keeps what was told of customers when the rows are orders for a while", () => {
    const draft = { ...BLANK, ...tell(BLANK, "customers", "姓名", "remark") };
    const orders = { mapping: { ...look.mapping, rows: "purchase" } } as Look;
    expect(mappingOf(orders, draft).columns[0]!.to).toBe("name");
    expect(mappingOf(look, draft).columns[0]!.to).toBe("remark");
  });
});

it("names fields as the server does", () => {
  expect(fieldName(" 皮肤 类型(自填)")).toBe("皮肤_类型_自填");
  expect(fieldName("2024消费")).toBe("column_2024消费");
});
