import { address, oneOf, text, whole } from "@/shared/search";
import type { Search } from "@/shared/search";

export const VIEWS = ["graph", "timeline"] as const;
export const RANGES = ["15m", "1h", "6h", "1d", "7d", "all"] as const;
export const ROWS = ["worker", "task"] as const;

export type View = (typeof VIEWS)[number];
export type RangeName = (typeof RANGES)[number];
export type RowsBy = (typeof ROWS)[number];

export interface ProjectSearch {
  view?: View;
  /** The task that is looked at. */
  task?: string;
  /** In the graph: what is done is left out. */
  done?: "hide";
  rows?: RowsBy;
  range?: RangeName;
  /** A part of the time, instead of a range up to now: milliseconds since 1970. */
  from?: number;
  to?: number;
}

/** What changes of it; what is undefined goes. */
export type Change = { [K in keyof ProjectSearch]?: ProjectSearch[K] | undefined };

const FAR = 10 ** 15;

/** What the address says of the page. */
export function projectSearch(search: Search): ProjectSearch {
  const [from, to] = [whole(search, "from", 0, FAR), whole(search, "to", 0, FAR)];
  const part = from !== undefined && to !== undefined && from < to ? { from, to } : {};
  return address({
    view: oneOf(search, "view", VIEWS),
    task: text(search, "task"),
    done: oneOf(search, "done", ["hide"] as const),
    rows: oneOf(search, "rows", ROWS),
    range: oneOf(search, "range", RANGES),
    ...part,
  });
}
