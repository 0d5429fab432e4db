// What a page shows lives in its address, so that Back works and a link shows the same.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** Returns the part of the address after `?`, and a way to change some of it. */
export function useUrlState<T extends object>(): [T, (change: Partial<T>, how?: { replace?: boolean }) => void] {
  const search = useSearch({ strict: false }) as unknown as T;
  const navigate = useNavigate();
  const set = useCallback(
    (change: Partial<T>, how?: { replace?: boolean }) => {
      void navigate({
        to: ".",
        search: ((old: object) => without({ ...old, ...change })) as never,
        replace: how?.replace ?? true,
      });
    },
    [navigate],
  );
  return [search, set];
}

function without(search: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== "" && value !== false));
}

/** Returns what an address holds as JSON, written by the console or by hand; null where it makes no sense. */
export function jsonOf<T>(held: unknown): T | null {
  if (typeof held !== "string") return (held ?? null) as T | null; // the router has read it already
  try {
    return JSON.parse(held) as T;
  } catch {
    return null;
  }
}
