// What the board reads: for each column, or each lane of one, which tasks in which order.

import type { Counts, Params, Status, Task } from "@/api/types";
import { given, searchWords } from "@/shared/search";

import type { BoardSearch, Group } from "./search";

export type ListParams = Params<"task.list">;

/** So many tasks are read at once. */
export const PAGE = 40;
/** A list that long would not be scrolled through, and browsers do not draw one much longer. */
export const MOST_ROWS = 50_000;
/** Where tasks lack what the lanes are made by, so many are looked at: the server has no filter for that. */
export const LOOKED_AT = 100;
/** The server sorts up to so many tasks fast enough for each change; more are listed as they were made. */
export const SORTED_MOST = 30_000;

/** A row of the board. */
export interface Lane {
  /** Unique among the lanes; empty where there is only one. */
  id: string;
  name: string;
  filter: Pick<ListParams, "project" | "role" | "assignedTo">;
  /** Those that lack what the lanes are made by. */
  without?: Group;
}

export const WHOLE: Lane = { id: "", name: "", filter: {} };

const FILTER_OF: Record<Group, "project" | "role" | "assignedTo"> = { project: "project", role: "role", worker: "assignedTo" };
const NONE: Record<Group, string> = { project: "No project", role: "Any role", worker: "Nobody" };

export const laneOf = (group: Group, name: string): Lane => ({ id: `${group}:${name}`, name, filter: { [FILTER_OF[group]]: name } });

export const laneWithout = (group: Group): Lane => ({ id: `${group}-none`, name: NONE[group], filter: {}, without: group });

/** Whether a task lacks what the lanes are made by. */
export function lacks(task: Task, group: Group): boolean {
  if (group === "project") return task.project == null;
  if (group === "worker") return task.assignedTo == null;
  return (task.roles ?? []).length === 0;
}

/** The filters of the address, as the server takes them. */
export function filtersOf(search: BoardSearch): ListParams {
  const words = searchWords(search.q ?? "");
  return given({
    project: search.project,
    role: search.role,
    tag: search.tag,
    assignedTo: search.worker,
    priority: search.priority,
    search: words === "" ? undefined : words,
  });
}

export const isFiltered = (search: BoardSearch): boolean => Object.keys(filtersOf(search)).length > 0;

type Order = "queue" | "updatedAt" | "createdAt";

/** How a column is ordered: as claims take, or what changed last; where that would be slow, what was made last. */
export function orderOf(status: Status, filters: ListParams, counts: Counts): Order {
  const narrow = filters.search !== undefined || filters.role !== undefined || filters.tag !== undefined || filters.assignedTo !== undefined;
  if (!narrow && countOf(counts, status) > SORTED_MOST) return "createdAt";
  return status === "pending" ? "queue" : "updatedAt";
}

export const countOf = (counts: Counts, status: Status): number => counts[status === "in_progress" ? "inProgress" : status];

export const ORDER_NAMES = {
  queue: "In the order in which they are claimed",
  updatedAt: "Last changed first",
  createdAt: "Newest first: there are too many to sort otherwise",
} as const satisfies Record<Order, string>;

/** What a column of a lane lists. */
export const cellParams = (status: Status, lane: Lane, filters: ListParams, counts: Counts): ListParams => {
  const all = { ...filters, ...lane.filter };
  return { ...all, status, orderBy: orderOf(status, all, counts) };
};

export const pageParams = (params: ListParams, page: number): ListParams => ({ ...params, limit: PAGE, offset: page * PAGE });

/** Only how many there are. */
export const countParams = (params: ListParams): ListParams => ({ ...params, orderBy: "createdAt", limit: 1 });
