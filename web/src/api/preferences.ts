// What a person prefers, kept by the server with their account; the team's where they have none of their own.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, got } from "./client";

export interface Preference<T> {
  value: T;
  /** Whether the last change has been kept. */
  state: "still" | "saving" | "saved" | "failed";
  set: (value: T) => void;
  setForTeam: (value: T) => void;
}

/** Returns a preference; changes show at once, and whether they were kept is told. */
export function usePreference<T>(key: string, fallback: T): Preference<T> {
  const client = useQueryClient();
  const [state, setState] = useState<Preference<T>["state"]>("still");
  const queryKey = ["preferences", key];
  const found = useQuery({ queryKey, queryFn: () => got(api.GET("/v1/preferences/{key}", { params: { path: { key } } })), staleTime: 60_000 });
  const keep = async (value: T, team: boolean) => {
    setState("saving");
    client.setQueryData(queryKey, (old: typeof found.data) => (old ? { ...old, value: value as never } : old));
    try {
      await got(api.PUT("/v1/preferences/{key}", { params: { path: { key }, query: { team } }, body: { value: value as never } }));
      setState("saved");
    } catch {
      setState("failed");
      await client.invalidateQueries({ queryKey });
    }
  };
  const value = found.data?.value == null ? fallback : (found.data.value as T);
  return { value, state, set: (next) => void keep(next, false), setForTeam: (next) => void keep(next, true) };
}
