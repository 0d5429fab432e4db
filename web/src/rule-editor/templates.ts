// Rules to begin with. Each is offered only where the workspace has what it names.
import type { Rule } from "./rule";
import { eventOf, fieldOf, propertyOf, type Vocabulary } from "./vocabulary";

interface Template {
  key: string;
  zh: string;
  en: string;
  /** Fields, events and properties (`event.property`) it names. */
  names: readonly string[];
  rule: Rule;
}

const days = (n: number) => ({ node: "last" as const, n, unit: "days" as const });
const ever = { node: "ever" as const };
const count = (event: string, window: ReturnType<typeof days> | typeof ever) => ({ fn: "count" as const, event, window });

export const TEMPLATES: readonly Template[] = [
  {
    key: "sleeping",
    zh: "沉睡客户:买过,但 180 天没再买",
    en: "Sleeping: bought once, but not in the last 180 days",
    names: ["purchase"],
    rule: {
      node: "all",
      of: [
        { node: "measured", measure: count("purchase", ever), op: "ge", value: 1 },
        { node: "measured", measure: count("purchase", days(180)), op: "eq", value: 0 },
      ],
    },
  },
  {
    key: "once",
    zh: "首购未复购:30 天前买过一次,再没来",
    en: "Bought once, and not again within 30 days",
    names: ["purchase", "purchase.order_id"],
    rule: {
      node: "all",
      of: [
        { node: "measured", measure: { fn: "distinct", event: "purchase", prop: "order_id", window: ever }, op: "eq", value: 1 },
        { node: "measured", measure: { fn: "recency", event: "purchase", window: ever }, op: "gt", value: 30 },
      ],
    },
  },
  {
    key: "big",
    zh: "近 90 天消费满 1000",
    en: "Spent 1000 or more in the last 90 days",
    names: ["purchase", "purchase.amount"],
    rule: { node: "all", of: [{ node: "measured", measure: { fn: "sum", event: "purchase", prop: "amount", window: days(90) }, op: "ge", value: 1000 }] },
  },
  {
    key: "cart",
    zh: "加购未买:7 天内加购,没有下单",
    en: "Put in the cart within 7 days, and did not buy",
    names: ["add_to_cart", "purchase"],
    rule: {
      node: "all",
      of: [
        { node: "measured", measure: count("add_to_cart", days(7)), op: "ge", value: 1 },
        { node: "measured", measure: count("purchase", days(7)), op: "eq", value: 0 },
      ],
    },
  },
  {
    key: "risk",
    zh: "重要客户流失预警",
    en: "Important customers about to leave",
    names: ["rfm_group", "lifecycle"],
    rule: {
      node: "all",
      of: [
        { node: "compare", field: "rfm_group", op: "in", value: ["重要价值客户", "重要保持客户", "重要挽留客户"] },
        { node: "compare", field: "lifecycle", op: "in", value: ["at_risk", "dormant"] },
      ],
    },
  },
  {
    key: "birthday",
    zh: "未来 30 天过生日",
    en: "Birthday in the next 30 days",
    names: ["birth_date"],
    rule: { node: "all", of: [{ node: "compare", field: "birth_date", op: "anniversary_in_next", value: 30 }] },
  },
  {
    key: "shanghai",
    zh: "上海 + 90 后 + 月消费超过 500",
    en: "Shanghai, born in the 1990s, over 500 a month",
    names: ["city", "birth_date", "purchase", "purchase.amount"],
    rule: {
      node: "all",
      of: [
        { node: "compare", field: "city", op: "in", value: ["上海"] },
        { node: "compare", field: "birth_date", op: "between", value: [{ day: "1990-01-01" }, { day: "1999-12-31" }] },
        { node: "measured", measure: { fn: "sum", event: "purchase", prop: "amount", window: days(30) }, op: "gt", value: 500 },
      ],
    },
  },
];

/** Returns the templates whose every name the workspace has, and lets this reader ask for. */
export function templatesOf(v: Vocabulary): readonly Template[] {
  const knows = (name: string): boolean => {
    const [event, prop] = name.split(".");
    if (prop) return propertyOf(eventOf(v, event ?? ""), prop) !== undefined;
    const field = fieldOf(v, name);
    return eventOf(v, name) !== undefined || (field !== undefined && !field.hidden);
  };
  return TEMPLATES.filter((template) => template.names.every(knows));
}
