// What the server refuses, as it says it: RFC 9457 problems with a code, a place and a remedy.
import type { components } from "./schema";

type Body = components["schemas"]["Problem"];

/** A refusal. `code` is stable; `message` and `remedy` are in the reader's language. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy = "",
    readonly where: string | null = null,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }

  /** What is wrong and what to do, in one line. */
  get said(): string {
    return this.remedy ? `${this.message} → ${this.remedy}` : this.message;
  }

  /** Nobody answered: the server is gone, or the way to it. */
  get isGone(): boolean {
    return this.code === "console.unreachable";
  }
}

export const UNREACHABLE = "console.unreachable";

/** Returns the problem an answer carries. */
export function problemOf(status: number, body: unknown): Problem {
  const told = body as Partial<Body> | undefined;
  if (told && typeof told.code === "string") {
    return new Problem(status, told.code, told.title ?? told.code, told.remedy ?? "", told.where ?? null, told.details ?? {});
  }
  return new Problem(status, "console.odd_answer", `HTTP ${status}`);
}

/** Returns any error as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, "console.broken", error instanceof Error ? error.message : String(error));
}
