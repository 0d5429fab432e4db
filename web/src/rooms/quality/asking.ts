// What the pages of data quality ask the server.
import { queryOptions } from "@tanstack/react-query";
import { api, got, gotVersion, inPlaceOf, type Schemas } from "@/api/client";

export type EventQuality = Schemas["EventQualityAnswer"];
export type EventDetail = Schemas["EventDetailAnswer"];
export type PropertyQuality = Schemas["PropertyQualityAnswer"];
export type AsideGroup = Schemas["AsideGroupAnswer"];
export type Preview = Schemas["FixPreviewAnswer"];
export type Fix = Schemas["FixDefinition"];
export type Does = Fix["does"];

export const qualityQuery = queryOptions({
  queryKey: ["quality"],
  queryFn: () => got(api.GET("/v1/quality")),
});

export const eventQuery = (source: string, event: string) =>
  queryOptions({
    queryKey: ["quality", source, event],
    queryFn: () => got(api.GET("/v1/quality/{source}/{event}", { params: { path: { source, event } } })),
  });

export const asideQuery = queryOptions({
  queryKey: ["quality", "set aside"],
  queryFn: () => got(api.GET("/v1/set-aside")),
});

export const fixesQuery = queryOptions({
  queryKey: ["definitions", "fixes", "quality"],
  queryFn: () => got(api.GET("/v1/definitions/fixes")) as Promise<Fix[]>,
});

const at = (name: string) => ({ params: { path: { name } } });

/** Returns what a fix would do; nothing is changed. */
export const preview = ({ name, ...body }: Fix) => got(api.POST("/v1/fixes/{name}/preview", { ...at(name), body }));

/** Puts a fix in force; the next refresh brings the rows in. */
export const apply = ({ name, ...body }: Fix) => got(api.POST("/v1/fixes/{name}/apply", { params: { path: { name }, query: { then_refresh: false } }, body }));

/** Takes a fix out of force. */
export const remove = (name: string) => got(api.DELETE("/v1/definitions/{kind}/{name}", { params: { path: { kind: "fixes", name } } }));

export type Plan = Schemas["PlanDefinition"];
export type PlannedEvent = Schemas["PlannedEvent"];
export type PlannedProperty = Schemas["PlannedProperty"];
export type PlannedType = NonNullable<PlannedProperty["value"]>;
export type Action = NonNullable<Plan["unknown_event"]>;
export type Trial = Schemas["PlanTrialAnswer"];
export type PlanVersion = Schemas["Stored"];

/** A plan as it was read, with the version that a change of it takes the place of. */
export interface ReadPlan {
  body: Plan;
  version: number;
}

export const plansQuery = queryOptions({
  queryKey: ["definitions", "plans", "quality"],
  queryFn: () => got(api.GET("/v1/definitions/plans")),
});

export const readPlan = (name: string): Promise<ReadPlan> => gotVersion(api.GET("/v1/definitions/plans/{name}", at(name)));

export const planVersionsQuery = (name: string) =>
  queryOptions({
    queryKey: ["definitions", "plans", name, "versions"],
    queryFn: () => got(api.GET("/v1/definitions/{kind}/{name}/versions", { params: { path: { kind: "plans", name } } })),
  });

/** Returns a plan that what has come from a source keeps to; nothing is saved. */
export const proposePlan = (source: string) => got(api.GET("/v1/plans/propose", { params: { query: { source } } }));

/** Returns what a plan would have done to what came within the last days; nothing is changed. */
export const tryPlan = ({ name, ...body }: Plan, days: number) => got(api.POST("/v1/plans/{name}/trial", { params: { path: { name }, query: { days } }, body }));

/** Saves a plan in place of a version; null for a new one. */
export const savePlan = (plan: Plan, version: number | null) =>
  got(api.PUT("/v1/definitions/plans/{name}", { params: { path: { name: plan.name }, header: inPlaceOf(version) }, body: plan }));

/** Takes a plan out of force. */
export const retirePlan = (name: string) => got(api.DELETE("/v1/definitions/{kind}/{name}", { params: { path: { kind: "plans", name } } }));

export const sourcesQuery = queryOptions({
  queryKey: ["sources", "quality"],
  queryFn: () => got(api.GET("/v1/sources")),
});

export const eventsQuery = queryOptions({
  queryKey: ["definitions", "events", "quality"],
  queryFn: () => got(api.GET("/v1/definitions/events")),
});

export type Waiting = Schemas["WaitingAnswer"];
export type OpenedMessage = Schemas["MendedMessageAnswer"];
export type Became = Schemas["BecameAnswer"];

/** The messages of a group of what was set aside. */
export const waitingQuery = ({ source, event, code, column }: AsideGroup) =>
  queryOptions({
    queryKey: ["quality", "messages", source, event, code, column],
    queryFn: () => got(api.GET("/v1/set-aside/messages", { params: { query: { source, event, code, column } } })),
  });

export const mendedQuery = queryOptions({
  queryKey: ["quality", "mended"],
  queryFn: () => got(api.GET("/v1/set-aside/mended")),
});

// A number in the log is longer than a number of the page can be.
const message = (number: string) => ({ params: { path: { number: number as unknown as number } } });

export const messageQuery = (number: string) =>
  queryOptions({
    queryKey: ["message to mend", number],
    queryFn: () => got(api.GET("/v1/set-aside/messages/{number}", message(number))),
    staleTime: Infinity,
    gcTime: 0,
  });

/** Returns what would become of a message if it were this text; nothing is changed. */
export const tryMessage = (number: string, raw: string) => got(api.POST("/v1/set-aside/messages/{number}/trial", { ...message(number), body: { raw } }));

/** Puts a text in the place of a message; the next refresh brings it in. */
export const mendMessage = (number: string, raw: string, why: string) => got(api.PUT("/v1/set-aside/messages/{number}", { ...message(number), body: { raw, why } }));

/** Lets a message be as it came again. */
export const undoMending = (number: string) => got(api.DELETE("/v1/set-aside/messages/{number}", message(number)));
