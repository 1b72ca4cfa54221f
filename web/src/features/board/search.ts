import type { Status } from "@/api/types";
import { address, oneOf, text, whole } from "@/shared/search";
import type { Search } from "@/shared/search";
import { STATUSES } from "@/shared/status";

/** By what the board is cut into lanes. */
export const GROUPS = ["project", "role", "worker"] as const;
export type Group = (typeof GROUPS)[number];

export interface BoardSearch {
  /** Words that the text has. */
  q?: string;
  project?: string;
  role?: string;
  tag?: string;
  worker?: string;
  priority?: number;
  groupBy?: Group;
  /** Columns that are folded up, by their states. */
  fold?: string;
  /** The column that a phone shows. */
  column?: Status;
}

/** What the address says of the page. */
export function boardSearch(search: Search): BoardSearch {
  return address({
    q: text(search, "q"),
    project: text(search, "project"),
    role: text(search, "role"),
    tag: text(search, "tag"),
    worker: text(search, "worker"),
    priority: whole(search, "priority", 0, 100),
    groupBy: oneOf(search, "groupBy", GROUPS),
    fold: asFold(foldedOf(text(search, "fold"))),
    column: oneOf(search, "column", STATUSES),
  });
}

export const foldedOf = (fold: string | undefined): Status[] => STATUSES.filter((status) => (fold ?? "").split(",").includes(status));

export const asFold = (folded: readonly Status[]): string | undefined => (folded.length === 0 ? undefined : folded.join(","));
