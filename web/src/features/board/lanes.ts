import { useMemo } from "react";

import { given } from "@/shared/search";

import type { BoardSearch } from "./search";
import { useNames } from "./names";
import type { Names } from "./names";
import { laneOf, laneWithout, WHOLE } from "./view";
import type { Lane } from "./view";

/** So many lanes are shown; a filter finds the others. */
export const MOST_LANES = 50;

/** The lanes of the board: those of the names that are about, and last what has none. */
export function lanesOf(search: BoardSearch, names: Names): Lane[] {
  const { groupBy } = search;
  if (groupBy === undefined) return [WHOLE];
  const only = search[groupBy];
  if (only !== undefined) return [laneOf(groupBy, only)];
  const all = { project: names.projects, role: names.roles, worker: names.workers }[groupBy];
  return [...all.slice(0, MOST_LANES).map((name) => laneOf(groupBy, name)), laneWithout(groupBy)];
}

export function useLanes(search: BoardSearch): { lanes: Lane[]; ready: boolean } {
  const { names, ready } = useNames(search.groupBy !== undefined);
  const { groupBy, project, role, worker } = search;
  const lanes = useMemo(() => lanesOf(given({ groupBy, project, role, worker }), names), [groupBy, project, role, worker, names]);
  return { lanes, ready: ready || groupBy === undefined };
}
