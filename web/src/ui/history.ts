// Undo and redo for whatever a page edits, and a guard against leaving with changes unsaved.
import { useCallback, useEffect, useState } from "react";

const MOST = 100;

interface Past<T> {
  before: readonly T[];
  now: T;
  after: readonly T[];
}

export interface History<T> {
  now: T;
  set: (next: T | ((now: T) => T)) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  /** Begins anew from a value, as after loading. */
  reset: (value: T) => void;
}

/** Keeps the last hundred values, to go back and forth between. */
export function useHistory<T>(initial: T): History<T> {
  const [past, setPast] = useState<Past<T>>({ before: [], now: initial, after: [] });
  const set = useCallback((next: T | ((now: T) => T)) => {
    setPast(({ before, now, after }) => {
      const value = next instanceof Function ? next(now) : next;
      return Object.is(value, now) ? { before, now, after } : { before: [...before, now].slice(-MOST), now: value, after: [] };
    });
  }, []);
  const undo = useCallback(() => {
    setPast((p) => (p.before.length ? { before: p.before.slice(0, -1), now: p.before.at(-1) as T, after: [p.now, ...p.after] } : p));
  }, []);
  const redo = useCallback(() => {
    setPast((p) => (p.after.length ? { before: [...p.before, p.now], now: p.after[0] as T, after: p.after.slice(1) } : p));
  }, []);
  const reset = useCallback((value: T) => setPast({ before: [], now: value, after: [] }), []);
  return { now: past.now, set, undo, redo, canUndo: past.before.length > 0, canRedo: past.after.length > 0, reset };
}

/** Asks the browser to warn before the window is closed with changes unsaved. */
export function useUnsavedGuard(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsaved]);
}

/** Returns a value once it has stayed the same for a while. */
export function useSettled<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
