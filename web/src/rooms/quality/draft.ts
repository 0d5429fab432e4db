// A fix being written: what the form holds, and the definition it comes to.
import type { AsideGroup, Does, Fix } from "./asking";

export interface Draft {
  name: string;
  property: string;
  since: string;
  kind: Does["do"];
  to: string;
  pairs: string;
  format: string;
  value: string;
}

/** Returns what is most likely meant by fixing a group. */
export function begin(group: AsideGroup): Draft {
  const kinds: Record<string, Draft["kind"]> = { "plan.required": "default", "plan.choice": "map", "plan.unknown_event": "rename_event", "plan.unknown_property": "rename", "plan.type": "cast" };
  const kind = kinds[group.code] ?? (group.column ? "map" : "rename_event");
  const name = [group.source, group.event, group.column].filter(Boolean).join("_").replace(/[^\w\u4e00-\u9fff]+/g, "_");
  return { name: `fix_${name}`.slice(0, 60), property: group.column, since: "", kind, to: "", pairs: "", format: "", value: "" };
}

/** Returns the definition that a draft comes to; undefined while something is missing. */
export function finish(draft: Draft, group: Pick<AsideGroup, "source" | "event">): Fix | undefined {
  const does = doing(draft);
  const whole = draft.kind === "rename_event";
  if (!does || !draft.name || (!whole && draft.kind !== "accept" && !draft.property)) return undefined;
  return { name: draft.name, source: group.source, event: group.event, property: whole ? null : draft.property || null, since: draft.since || null, does } as Fix;
}

function doing(draft: Draft): Does | undefined {
  switch (draft.kind) {
    case "rename":
    case "rename_event":
      return draft.to ? { do: draft.kind, to: draft.to } : undefined;
    case "map": {
      const values = readPairs(draft.pairs);
      return Object.keys(values).length ? { do: "map", values } : undefined;
    }
    case "cast":
      return draft.format ? { do: "cast", format: draft.format } : undefined;
    case "default":
      return draft.value ? { do: "default", value: draft.value } : undefined;
    default:
      return { do: draft.kind };
  }
}

/** Reads lines of `old=new`; nothing after the sign means no value. */
export function readPairs(text: string): Record<string, string | null> {
  const lines = text.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).trim() || null]));
}

/** Says in short what a fix does. */
export function say(does: Does): string {
  if (does.do === "map") return Object.entries(does.values).map(([from, to]) => `${from} → ${to ?? "∅"}`).join(", ");
  if (does.do === "rename" || does.do === "rename_event") return does.to;
  if (does.do === "cast") return does.format;
  return does.do === "default" ? does.value : "";
}
