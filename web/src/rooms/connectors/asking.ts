// What the pages about connectors and schedules ask the server.
import { queryOptions } from "@tanstack/react-query";
import { api, got, gotVersion, inPlaceOf, type Schemas } from "@/api/client";
import type { Job } from "@/api/jobs";

export type Connector = Schemas["ConnectorDefinition"];
export type Reader = Connector["reads"];
export type State = Schemas["ConnectorAnswer"];
export type Tried = Schemas["TriedAnswer"];
export type Brought = Schemas["HistoryAnswer"];
export type Schedule = Schemas["ScheduleDefinition"];
export type ScheduleState = Schemas["ScheduleAnswer"];
export type Run = Schemas["RunAnswer"];

/** What a schedule runs besides connectors. */
export const REFRESH = "refresh";

export const connectorsQuery = queryOptions({ queryKey: ["connectors"], queryFn: () => got(api.GET("/v1/connectors")) });

export const historyQuery = (name: string) => queryOptions({ queryKey: ["connectors", name, "pulls"], queryFn: () => got(api.GET("/v1/connectors/{name}/pulls", { params: { path: { name } } })) });

export const schedulesQuery = queryOptions({ queryKey: ["schedules"], queryFn: () => got(api.GET("/v1/schedules")) });

export const runsQuery = (name: string) => queryOptions({ queryKey: ["schedules", name, "runs"], queryFn: () => got(api.GET("/v1/schedules/{name}/runs", { params: { path: { name } } })) });

export const secretsQuery = queryOptions({ queryKey: ["secrets"], queryFn: () => got(api.GET("/v1/secrets")) });

export const mappingsQuery = queryOptions({ queryKey: ["definitions", "mappings", "all"], queryFn: () => got(api.GET("/v1/definitions/mappings")) });

export const eventsQuery = queryOptions({ queryKey: ["definitions", "events", "all"], queryFn: () => got(api.GET("/v1/definitions/events")) });

/** When an expression comes true next; refused where it is none. */
export const timesQuery = (cron: string, zone: string | null) =>
  queryOptions({ queryKey: ["times", cron, zone], queryFn: () => got(api.POST("/v1/schedules/times", { body: { cron, zone } })), retry: false, enabled: cron.trim() !== "" });

const at = (name: string) => ({ params: { path: { name } } });
const over = (name: string, version: number | null) => ({ params: { path: { name }, header: inPlaceOf(version) } });

export const readConnector = (name: string) => gotVersion(api.GET("/v1/definitions/connectors/{name}", at(name)));
export const saveConnector = (body: Connector, version: number | null) => got(api.PUT("/v1/definitions/connectors/{name}", { ...over(body.name, version), body }));
export const removeConnector = (name: string) => got(api.DELETE("/v1/definitions/{kind}/{name}", { params: { path: { kind: "connectors", name } } }));

export const readSchedule = (name: string) => gotVersion(api.GET("/v1/definitions/schedules/{name}", at(name)));
export const saveSchedule = (body: Schedule, version: number | null) => got(api.PUT("/v1/definitions/schedules/{name}", { ...over(body.name, version), body }));
export const removeSchedule = (name: string) => got(api.DELETE("/v1/definitions/{kind}/{name}", { params: { path: { kind: "schedules", name } } }));

/** Connects and shows the first rows; of a connector that is not saved as it is only to administrators. */
export const tryOut = (name: string, body: Connector | null): Promise<Tried> => got(api.POST("/v1/connectors/{name}/test", { ...at(name), body: body as unknown as Record<string, never> | null }));

export const pull = (name: string, how: { anew: boolean; then_refresh: boolean }): Promise<Job> => got(api.POST("/v1/connectors/{name}/pull", { ...at(name), body: how }));

export const putSecret = (name: string, value: string) => got(api.PUT("/v1/secrets/{name}", { ...at(name), body: { value } }));

/** Where a connector reads, in one line. */
export function placeOf(reads: Reader): string {
  switch (reads.type) {
    case "database":
      return `${reads.system}://${reads.host ?? ""}${reads.host ? "/" : ""}${reads.database}${reads.table ? ` · ${reads.table}` : ""}`;
    case "rest":
      return reads.url;
    case "sftp":
      return `sftp://${reads.host}/${reads.path ?? "."}`;
    default:
      return reads.path;
  }
}
