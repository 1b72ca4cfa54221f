// The tasks of a cell: only the pages in view are read, and only these anew when something changes.

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

import { call } from "@/api/call";
import { useRead } from "@/api/query";
import type { Answer, Task } from "@/api/types";

import { dragged } from "./state";
import { useStore } from "./store";
import { LOOKED_AT, lacks, MOST_ROWS, PAGE, pageParams } from "./view";
import type { Lane, ListParams } from "./view";

/** Leases are extended and progress is told without an event. */
const HELD_EVERY_MS = 3_000;

export interface CellData {
  /** How many rows there are to scroll through. */
  rows: number;
  total: number;
  /** There are at least so many. */
  capped: boolean;
  /** What is shown is of other filters; these are being read for. */
  old: boolean;
  loading: boolean;
  error: Error | undefined;
  retry: () => void;
  at: (index: number) => Task | undefined;
  indexOf: (id: string) => number | undefined;
}

export const headParams = (params: ListParams, lane: Lane): ListParams =>
  lane.without === undefined ? pageParams(params, 0) : { ...params, limit: LOOKED_AT };

/** The first page of a list, which also says how many there are. */
export function useHead(params: ListParams, lane: Lane) {
  const still = useStore(dragged, (now) => now !== undefined);
  return useRead("task.list", headParams(params, lane), {
    keep: true,
    enabled: !still,
    ...(params.status === "in_progress" ? { everyMs: HELD_EVERY_MS } : {}),
  });
}

function usePages(params: ListParams, pages: readonly number[]) {
  const still = useStore(dragged, (now) => now !== undefined);
  return useQueries({
    queries: pages.map((page) => {
      const asked = pageParams(params, page);
      return {
        queryKey: ["task.list", asked] as const,
        queryFn: ({ signal }: { signal: AbortSignal }): Promise<Answer<"task.list">> => call("task.list", asked, { signal }),
        enabled: !still,
        refetchInterval: params.status === "in_progress" ? HELD_EVERY_MS : (false as const),
      };
    }),
    combine: (found) => found.map(({ data }, place) => ({ page: pages[place] ?? 0, tasks: data?.tasks ?? [] })),
  });
}

/** What a cell shows of its list when rows from `first` to `last` are in view. */
export function useCell(params: ListParams, lane: Lane, first: number, last: number): CellData {
  const head = useHead(params, lane);
  const whole = lane.without === undefined;
  const [from, to] = [Math.floor(first / PAGE), Math.floor(last / PAGE)];
  const pages = useMemo(
    () => (whole ? Array.from({ length: Math.max(0, to - from + 1) }, (_, place) => from + place).filter((page) => page > 0) : []),
    [whole, from, to],
  );
  const more = usePages(params, pages);
  const { data, error, isPlaceholderData, isPending, refetch } = head;
  return useMemo(() => {
    const { without } = lane;
    const read = data?.tasks ?? [];
    const begin = without === undefined ? read : read.filter((task) => lacks(task, without));
    const places = new Map<string, number>();
    const byPlace = new Map<number, Task>();
    const put = (offset: number, tasks: readonly Task[]) =>
      tasks.forEach((task, place) => {
        places.set(task.id, offset + place);
        byPlace.set(offset + place, task);
      });
    for (const { page, tasks } of more) put(page * PAGE, tasks);
    put(0, begin);
    const total = without === undefined ? (data?.totalCount ?? 0) : begin.length;
    return {
      rows: Math.min(total, MOST_ROWS),
      total,
      capped: without === undefined ? data?.totalCapped === true : data?.hasMore === true,
      old: isPlaceholderData,
      loading: isPending,
      error: error ?? undefined,
      retry: () => void refetch(),
      at: (index) => byPlace.get(index),
      indexOf: (id) => places.get(id),
    };
  }, [lane, data, more, isPlaceholderData, isPending, error, refetch]);
}
