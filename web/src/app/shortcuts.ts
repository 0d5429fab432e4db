// The keyboard: Ctrl K finds, `?` lists the keys, `g` and a letter goes. Single letters can be switched off.
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { recall } from "@/ui/remembered";
import { ALL_PLACES } from "./places";

/** Where the browser remembers whether single letters are shortcuts (WCAG 2.1.4). */
export const LETTERS = "letters";

/** Says whether a key is meant for a field that is being written in. */
function isWriting(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return Boolean(target?.closest("input, textarea, select, [contenteditable], [role=combobox]"));
}

/** Listens for the keys of the whole console. */
export function useShortcuts({ onFind, onHelp }: { onFind: () => void; onHelp: () => void }): void {
  const navigate = useNavigate();
  const waiting = useRef(0);
  const act = useRef({ onFind, onHelp });
  useEffect(() => {
    act.current = { onFind, onHelp };
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        act.current.onFind();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event) || !recall(LETTERS, true)) return;
      if (document.querySelector("[role=dialog]")) return;
      if (event.key === "?") act.current.onHelp();
      else if (event.key === "/") focusSearch(event);
      else if (event.key === "g") waiting.current = Date.now();
      else if (Date.now() - waiting.current < 1_500) {
        const place = ALL_PLACES.find(({ letter }) => letter === event.key);
        waiting.current = 0;
        if (place) void navigate({ to: place.to });
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [navigate]);
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>("main input[type=search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
}
