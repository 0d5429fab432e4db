// What changes while somebody looks: told by the server as it happens, and asked for again here.
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Schemas } from "./client";

export type LiveNews = Schemas["LiveNews"];

const CALM_MS = 1_000;

/**
 * Asks again for what is shown when people change, once a second at most, while the page is seen.
 *
 * @param queryKey what to ask for again.
 * @param person whose changes count; everybody's if not given.
 */
export function useLive(queryKey: QueryKey, person?: string): void {
  const client = useQueryClient();
  const key = JSON.stringify(queryKey);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource | undefined;
    const ask = () => {
      timer = undefined;
      void client.invalidateQueries({ queryKey: JSON.parse(key) as QueryKey });
    };
    const listen = () => {
      source = new EventSource(`/v1/live/stream${person === undefined ? "" : `?person=${encodeURIComponent(person)}`}`);
      source.addEventListener("live", (event: MessageEvent<string>) => {
        const told = JSON.parse(event.data) as LiveNews;
        if (person === undefined || told.person) timer ??= setTimeout(ask, CALM_MS);
      });
    };
    // A browser holds few connections to one server: a page that nobody sees holds none for this.
    const turn = () => {
      source?.close();
      if (document.visibilityState === "visible") {
        listen();
        timer ??= setTimeout(ask, CALM_MS);
      }
    };
    if (document.visibilityState === "visible") listen();
    document.addEventListener("visibilitychange", turn);
    return () => {
      document.removeEventListener("visibilitychange", turn);
      source?.close();
      clearTimeout(timer);
    };
  }, [client, key, person]);
}
