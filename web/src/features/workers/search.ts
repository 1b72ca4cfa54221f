import { address, oneOf, text } from "@/shared/search";
import type { Search } from "@/shared/search";

export const STATES = ["working", "idle", "draining", "silent", "gone"] as const;
export type WorkerState = (typeof STATES)[number];

export const SORTS = ["name", "state", "heard", "holds", "completed", "failed"] as const;
export type Sort = (typeof SORTS)[number];

export interface WorkersSearch {
  role?: string;
  state?: WorkerState;
  /** Words in its name or metadata. */
  q?: string;
  sort?: Sort;
  /** The one that is open. */
  worker?: string;
}

/** What the address says of the page. */
export function workersSearch(search: Search): WorkersSearch {
  return address({
    role: text(search, "role"),
    state: oneOf(search, "state", STATES),
    q: text(search, "q"),
    sort: oneOf(search, "sort", SORTS),
    worker: text(search, "worker"),
  });
}
