// Whether the page is light or dark, for what draws its own colours.
import { createContext, useContext } from "react";
import type { Mode } from "./theme";

export const ModeContext = createContext<Mode>("light");

export function useMode(): Mode {
  return useContext(ModeContext);
}
