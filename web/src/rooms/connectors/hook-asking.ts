// What the pages about web hooks ask the server, and how a form says a hook.
import { queryOptions } from "@tanstack/react-query";
import { api, got, gotVersion, inPlaceOf, type Schemas } from "@/api/client";
import { linesOf, pairsOf } from "./fields";

export type Hook = Schemas["HookDefinition"];
export type Signed = Hook["signed"];
export type Way = NonNullable<Signed["by"]>;
export type HookState = Schemas["HookAnswer"];
export type Arrived = Schemas["ArrivedAnswer"];
export type TriedMessage = Schemas["TriedMessageAnswer"];

export const WAYS: readonly Way[] = ["hmac", "timestamp", "standard", "token"];

export const hooksQuery = queryOptions({ queryKey: ["hooks"], queryFn: () => got(api.GET("/v1/hooks")), refetchInterval: 5_000 });

const at = (name: string) => ({ params: { path: { name } } });

export const arrivalsQuery = (name: string) => queryOptions({ queryKey: ["hooks", name, "arrivals"], queryFn: () => got(api.GET("/v1/hooks/{name}/arrivals", at(name))), refetchInterval: 5_000 });

/** The address of the intake, to which a hook's path is added. */
export const intakeQuery = queryOptions({ queryKey: ["intake"], queryFn: () => got(api.GET("/v1/intake")) });
export const addressOf = (intake: Schemas["IntakeAnswer"] | undefined, path: string): string => (intake ? `${intake.url || `${location.protocol}//${location.hostname}:${intake.port}`}${path}` : path);

export const readHook = (name: string) => gotVersion(api.GET("/v1/definitions/hooks/{name}", at(name)));
export const saveHook = (body: Hook, version: number | null) => got(api.PUT("/v1/definitions/hooks/{name}", { params: { path: { name: body.name }, header: inPlaceOf(version) }, body }));
export const removeHook = (name: string) => got(api.DELETE("/v1/definitions/{kind}/{name}", { params: { path: { kind: "hooks", name } } }));

/** Says which messages a body would become; of a hook that is not saved as it is, too. */
export const tryHook = (name: string, body: string, headers: Record<string, string>, definition: Hook | null): Promise<TriedMessage[]> =>
  got(api.POST("/v1/hooks/{name}/try", { ...at(name), body: { body, headers, definition: definition as unknown as Record<string, never> | null } }));

/** How well-known senders sign. */
export const SENDERS: Record<string, Partial<Said>> = {
  GitHub: { by: "hmac", header: "X-Hub-Signature-256", encoding: "hex", prefix: "sha256=", event_by: "header", event: "X-GitHub-Event", id_by: "header", id: "X-GitHub-Delivery" },
  Shopify: { by: "hmac", header: "X-Shopify-Hmac-Sha256", encoding: "base64", prefix: "", event_by: "header", event: "X-Shopify-Topic", id_by: "header", id: "X-Shopify-Webhook-Id", at: "created_at" },
  Stripe: { by: "timestamp", header: "Stripe-Signature", event_by: "path", event: "type", id_by: "path", id: "id", at: "created" },
  "Standard Webhooks": { by: "standard", event_by: "path", event: "type", id_by: "header", id: "webhook-id", at: "timestamp" },
};

/** A hook as its form says it: pairs as lines, an event's name and an id by where they stand. */
export interface Said {
  name: string;
  zh: string;
  en: string;
  source: string;
  by: Way;
  header: string;
  encoding: "hex" | "base64";
  prefix: string;
  where: "header" | "query";
  called: string;
  secrets: string[];
  tolerance_seconds?: number;
  kind: "event" | "profile" | "both";
  event_by: "fixed" | "path" | "header";
  event: string;
  events: string;
  records: string;
  at: string;
  zone: string;
  id_by: "path" | "header";
  id: string;
  ids: string;
  properties: string;
  all_under: string;
  fields: string;
  per_second: number;
  challenge: string;
}

/** Returns what a form begins with. */
export function hookForm(hook?: Hook): Partial<Said> {
  if (!hook) return { by: "hmac", encoding: "hex", where: "header", kind: "event", event_by: "fixed", id_by: "path", zone: "Asia/Shanghai", per_second: 0 };
  const { signed, ids, properties, fields, events, event, event_path, event_header, id, id_header, ...rest } = hook;
  return {
    ...(rest as Partial<Said>),
    ...(signed as Partial<Said>),
    source: hook.source ?? "",
    event_by: event_path ? "path" : event_header ? "header" : "fixed",
    event: event_path || event_header || event || "",
    id_by: id_header ? "header" : "path",
    id: id_header || id || "",
    ids: linesOf(ids),
    properties: linesOf(properties),
    fields: linesOf(fields),
    events: linesOf(events),
  };
}

function signedOf({ by, secrets, header, encoding, prefix, where, called, tolerance_seconds }: Said): Signed {
  // Asked of nobody here, and kept where a file or the API said it.
  const kept = tolerance_seconds === undefined ? {} : { tolerance_seconds };
  switch (by) {
    case "hmac":
      return { by, secrets, header, encoding, prefix };
    case "timestamp":
      return { by, secrets, header, ...kept } as Signed;
    case "standard":
      return { by, secrets, ...kept } as Signed;
    default:
      return { by, secrets, where, called, prefix: where === "query" ? "" : prefix };
  }
}

const BLANK: Omit<Said, "name"> = {
  zh: "", en: "", source: "", by: "hmac", header: "", encoding: "hex", prefix: "", where: "header", called: "", secrets: [],
  kind: "event", event_by: "fixed", event: "", events: "", records: "", at: "", zone: "UTC", id_by: "path", id: "",
  ids: "", properties: "", all_under: "", fields: "", per_second: 0, challenge: "",
};

/** Returns the definition that a form says: only what is asked of its kind and its way of signing. */
export function hookOf(form: Partial<Said> & { name: string }): Hook {
  const filled = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined && value !== null));
  const said = { ...BLANK, ...filled } as Said;
  const happens = said.kind !== "profile";
  const named = (way: Said["event_by"]) => (happens && said.event_by === way ? said.event : "");
  const known = (way: Said["id_by"]) => (said.id_by === way ? said.id : "");
  return {
    name: said.name,
    zh: said.zh,
    en: said.en,
    source: said.source || null,
    signed: signedOf(said),
    records: said.records,
    kind: said.kind,
    event: named("fixed"),
    event_path: named("path"),
    event_header: named("header"),
    events: happens ? pairsOf(said.events) : {},
    at: said.at,
    zone: said.zone || "UTC",
    id: known("path"),
    id_header: known("header"),
    ids: pairsOf(said.ids),
    properties: happens ? pairsOf(said.properties) : {},
    all_under: happens ? said.all_under : "",
    fields: said.kind === "event" ? {} : pairsOf(said.fields),
    per_second: said.per_second,
    challenge: said.challenge,
  };
}
