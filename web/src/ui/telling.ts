// Telling of what went wrong with something the reader just did.
import { App } from "antd";
import { useCallback } from "react";
import { asProblem } from "@/api/problems";

/** Returns a way to tell of an error: what it is, and what to do. */
export function useTelling(): (error: unknown) => void {
  const { message } = App.useApp();
  return useCallback(
    (error: unknown) => {
      const problem = asProblem(error);
      void message.error(`${problem.message} ${problem.remedy}`, 8);
    },
    [message],
  );
}
