import { address, oneOf, text } from "@/shared/search";
import type { Search } from "@/shared/search";

export const VIEWS = ["calls", "sessions", "rules"] as const;
export type View = (typeof VIEWS)[number];

/** From the strictest on. */
export const DECISIONS = ["deny", "ask", "modify", "warn", "allow"] as const;
export type Decision = (typeof DECISIONS)[number];

export interface HooksSearch {
  view?: View;
  /** Without a view: its story. Else what is shown is of it alone. */
  session?: string;
  decision?: Decision;
  tool?: string;
  rule?: string;
  /** The call that is open. */
  event?: string;
}

/** What the address says of the page. */
export function hooksSearch(search: Search): HooksSearch {
  const event = text(search, "event");
  return address({
    view: oneOf(search, "view", VIEWS),
    session: text(search, "session"),
    decision: oneOf(search, "decision", DECISIONS),
    tool: text(search, "tool"),
    rule: text(search, "rule"),
    event: event !== undefined && /^\d{1,19}$/.test(event) ? event : undefined,
  });
}
