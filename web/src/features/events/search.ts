import { address, text } from "@/shared/search";
import type { Search } from "@/shared/search";

export interface EventsSearch {
  /** Patterns with commas between them: `task.*,hook.pre_tool.executed`. */
  types?: string;
  project?: string;
  task?: string;
  actor?: string;
  session?: string;
  /** Words to find in what is loaded. */
  q?: string;
  /** The event that is open. */
  event?: string;
}

/** What the address says of the page. */
export function eventsSearch(search: Search): EventsSearch {
  const types = typeof search["types"] === "string" ? search["types"].split(",").filter((type) => PATTERN.test(type)) : [];
  const event = text(search, "event");
  return address({
    types: types.length === 0 ? undefined : types.slice(0, 60).join(","),
    project: text(search, "project"),
    task: text(search, "task"),
    actor: text(search, "actor"),
    session: text(search, "session"),
    q: text(search, "q"),
    event: event !== undefined && /^\d{1,19}$/.test(event) ? event : undefined,
  });
}

const PATTERN = /^[a-z_]+(\.[a-z_]+)*(\.\*)?$/;
