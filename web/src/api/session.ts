// Who is signed in, asked of the server; and signing in and out.
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, carry, got, type Schemas } from "./client";

export type Session = Schemas["SessionAnswer"];

/** Whether the workspace has an owner; open to anybody. */
export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: () => got(api.GET("/v1/status")),
  staleTime: 60_000,
});

/** Who is signed in, or null. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    const { signed_in } = await got(api.GET("/v1/status"));
    return signed_in ? keep(await got(api.GET("/v1/session"))) : null;
  },
  staleTime: Infinity,
});

function keep(session: Session): Session {
  carry(session.name, session.csrf);
  return session;
}

/** Returns ways to begin and end a session. */
export function useSigning() {
  const client = useQueryClient();
  const enter = (session: Session) => {
    client.setQueryData(sessionQuery.queryKey, keep(session));
    void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
  };
  return {
    signIn: async (name: string, password: string) => enter(await got(api.POST("/v1/session", { body: { name, password } }))),
    setUp: async (name: string, password: string) => enter(await got(api.POST("/v1/setup", { body: { name, password } }))),
    signOut: async () => {
      await got(api.DELETE("/v1/session"));
      carry("", "");
      client.clear();
      client.setQueryData(sessionQuery.queryKey, null);
    },
  };
}

export function useSession() {
  return useQuery(sessionQuery);
}
