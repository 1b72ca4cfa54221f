// What can go wrong with a call, and what to tell the reader of it.

/** A call that failed, with the server's own words where it has said something. */
export class Failure extends Error {
  readonly code: string;
  /** What else the server said: `retryAfterMs`, `issues`, .. */
  readonly details: Readonly<Record<string, unknown>>;
  /** What to do, where a page knows more of it than the code tells. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}, hint?: string) {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.details = details;
    this.hint = hint;
  }

  /** Whether the same call may work later without anything being changed. */
  get passes(): boolean {
    return ["network", "unavailable", "overloaded", "shutting_down", "timeout", "rate_limited"].includes(this.code);
  }

  /** After how many milliseconds to try again, if the server said so. */
  get retryAfterMs(): number | undefined {
    const ms = this.details["retryAfterMs"];
    return typeof ms === "number" ? ms : undefined;
  }
}

const HINTS: Record<string, string> = {
  network: "The server cannot be reached. It is tried again by itself.",
  timeout: "What was asked for may have been done all the same. Look before you try again.",
  unauthorized: "Log in again.",
  forbidden: "Your key does not allow this. Ask whoever looks after the server for one with the scope that is named.",
  rate_limited: "Wait a moment, then try again.",
  overloaded: "The server is busy. Try again in a moment.",
  shutting_down: "The server is being restarted. Try again in a moment.",
  not_found: "It may have been deleted. Go back and reload the list.",
};

/** The server begins its messages in lower case. What is no word, as `maxAttempts` or `t-1`, stays as it is. */
export const asSentence = (text: string): string => text.replace(/^\p{Ll}+(?=[\s,;:]|$)/u, (word) => word.charAt(0).toUpperCase() + word.slice(1));

/** What happened and what to do, for any thrown thing. */
export function explain(error: unknown): { title: string; hint?: string } {
  const title = asSentence(error instanceof Error ? error.message : String(error));
  const hint = error instanceof Failure ? (error.hint ?? HINTS[error.code]) : undefined;
  return hint === undefined ? { title } : { title, hint };
}
