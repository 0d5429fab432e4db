// Who is looking, and what they may do. The server decides; this only hides what would be refused.
import { createContext, useContext } from "react";

export type Scope = "read" | "personal" | "export" | "import" | "define" | "refresh" | "erase" | "admin";

export interface Wearer {
  name: string;
  scopes: readonly Scope[];
}

export const WearerContext = createContext<Wearer>({ name: "", scopes: [] });

/** Returns who is signed in. */
export function useWearer(): Wearer {
  return useContext(WearerContext);
}

/** Says whether whoever is signed in may do something. */
export function useMay(scope: Scope): boolean {
  return useContext(WearerContext).scopes.includes(scope);
}
