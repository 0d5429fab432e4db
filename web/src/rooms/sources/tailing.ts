// The newest messages as they land: pushed by the server, kept up to a number, each once.
import { useEffect, useState } from "react";
import { asProblem, type Problem, problemOf } from "@/api/problems";
import { headers } from "@/api/client";
import { type Lang, useLang } from "@/ui/words";
import type { Landed } from "./asking";

export interface Wanted {
  source?: string;
  event?: string;
  who?: string;
}

export interface Tailing {
  /** Newest first. */
  messages: readonly Landed[];
  state: "connecting" | "listening" | "again" | "paused";
  /** Whether more came of late than was shown. */
  passed: boolean;
  problem: Problem | null;
  retry: () => void;
}

interface Told {
  messages: Landed[];
  more: boolean;
}

const path = ({ source, event, who }: Wanted, last: number, lang: Lang): string => `/v1/events/tail?${new URLSearchParams({ source: source ?? "", event: event ?? "", who: who ?? "", last: String(last), lang }).toString()}`;

interface State {
  /** What was wanted when it was so. */
  of: string;
  messages: readonly Landed[];
  state: "connecting" | "listening" | "again";
  passed: boolean;
  problem: Problem | null;
}

const begin = (of: string): State => ({ of, messages: [], state: "connecting", passed: false, problem: null });

/** Follows the log for as long as it is mounted and not paused. */
export function useTail({ source, event, who }: Wanted, { last = 50, keep = 200, paused = false, enabled = true } = {}): Tailing {
  const lang = useLang();
  const [attempt, setAttempt] = useState(0);
  const address = path({ source, event, who }, last, lang);
  const of = `${address} ${attempt}`;
  const [heard, setHeard] = useState<State>(() => begin(of));
  useEffect(() => {
    if (!enabled || paused) return;
    // What was heard of something else that was wanted is forgotten; after a pause it stays.
    const change = (how: (before: State) => Partial<State>) =>
      setHeard((before) => {
        const now = before.of === of ? before : begin(of);
        return { ...now, ...how(now) };
      });
    const stream = new EventSource(address);
    let first = true;
    stream.addEventListener("messages", (told: MessageEvent<string>) => {
      const { messages, more } = JSON.parse(told.data) as Told;
      const passed = more && !first;
      first = false;
      change((now) => ({ messages: join(now.messages, messages, keep), passed, state: "listening", problem: null }));
    });
    stream.onerror = () => {
      first = true;
      change(() => ({ state: "again" }));
      // Refused: the browser gives up, and does not say why.
      if (stream.readyState === EventSource.CLOSED) void whyNot(address).then((problem) => change(() => ({ problem })));
    };
    return () => stream.close();
  }, [address, of, keep, paused, enabled]);
  const now = heard.of === of ? heard : begin(of);
  return { ...now, state: paused ? "paused" : now.state, passed: now.passed && !paused, retry: () => setAttempt((n) => n + 1) };
}

/** Puts what came before what is known, each message once, the newest first. */
export function join(before: readonly Landed[], came: readonly Landed[], keep: number): readonly Landed[] {
  const known = new Set(before.map((one) => one.number));
  const fresh = came.filter((one) => !known.has(one.number));
  return fresh.length ? [...fresh.reverse(), ...before].slice(0, keep) : before;
}

/** Asks again by other means, since an event source does not tell why it was refused. */
async function whyNot(address: string): Promise<Problem | null> {
  const leave = new AbortController();
  try {
    const answer = await fetch(address, { headers: headers(), signal: leave.signal });
    return answer.ok ? null : problemOf(answer.status, await answer.json().catch(() => undefined));
  } catch (error) {
    return asProblem(error);
  } finally {
    leave.abort();
  }
}
