// What pages read: a query for each method and its params, read anew when an event says that it may have changed.

import { keepPreviousData, QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Query, UseQueryResult } from "@tanstack/react-query";

import { call } from "./call";
import { Failure } from "./failure";
import type { Live } from "./live";
import type { Answer, Event, Method, Params } from "./types";

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Events say what is old.
      staleTime: Infinity,
      gcTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 4 && error instanceof Failure && error.passes,
      retryDelay: (count, error) => (error instanceof Failure ? error.retryAfterMs : undefined) ?? Math.min(300 * 2 ** count, 5_000),
    },
  },
});

/** Which reads a domain's events make old. */
const TOUCHED: Record<string, readonly string[]> = {
  task: ["task.", "project.", "system.scaling"],
  queue: ["queue.", "task.explain"],
  instance: ["system.instances", "instance.", "task.explain"],
  session: ["session."],
  hook: ["session."],
  agent: ["session."],
  context: ["session."],
  git: ["session.", "task.list_attachments"],
  key: ["key."],
  login: ["key."],
  config: ["config."],
  system: ["system.", "task.", "project."],
  replica: ["system.health"],
};

/** Of one task: old only if the event is about it. */
const OF_A_TASK = ["task.get", "task.explain", "task.history", "task.list_attachments", "task.get_attachment"];

export type Key = readonly [Method, unknown];

/** Whether a read may have changed with these events. */
export function isTouched(key: readonly unknown[], events: readonly Event[]): boolean {
  const [method, params] = key as [string, { id?: unknown; taskId?: unknown } | undefined];
  return events.some((event) => {
    const domain = event.type.slice(0, event.type.indexOf("."));
    if (!(TOUCHED[domain] ?? []).some((touched) => method.startsWith(touched))) return false;
    // What holds one task back may lie with another one.
    if (method === "task.explain" || !OF_A_TASK.includes(method) || event.taskId == null) return true;
    return event.taskId === (params?.id ?? params?.taskId);
  });
}

/** Nobody waits for a read for longer; it goes on. */
const HELD_UP_MS = 3_000;

/** Reads anew what may have changed; what is being read just now, once that has ended: it may have been answered before. */
export async function readAnew(queries: QueryClient, isConcerned: (query: Query) => boolean): Promise<void> {
  const running = queries.getQueryCache().findAll({ predicate: isConcerned, fetchStatus: "fetching" });
  const again = (query: Query) => queries.invalidateQueries({ predicate: (one) => one === query }, { cancelRefetch: false });
  const all = Promise.all([
    queries.invalidateQueries({ predicate: (query) => isConcerned(query) && !running.includes(query) }, { cancelRefetch: false }),
    // Each by itself: one whose answer does not come holds up no other.
    ...running.map(async (query) => {
      await query.promise?.catch(() => undefined);
      await again(query);
    }),
  ]);
  let late: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([all, new Promise((resolve) => (late = setTimeout(resolve, HELD_UP_MS)))]);
  clearTimeout(late);
}

/** How often all is read anew for who may not follow events. */
const POLL_MS = 5_000;

/** Reads anew what events have made old: at once, and then no more often than the server answers easily. */
export function follow(live: Live, queries: QueryClient): () => void {
  let pending: Event[] = [];
  let resting = false;

  const refresh = () => {
    if (pending.length === 0) return;
    const events = pending;
    pending = [];
    resting = true;
    const began = performance.now();
    void readAnew(queries, (query) => isTouched(query.queryKey, events)).finally(() => {
      const took = performance.now() - began;
      const rest = Math.min(Math.max(200, took * 2, events.length > 20 ? 700 : 0), 3_000);
      setTimeout(() => {
        resting = false;
        refresh();
      }, rest);
    });
  };

  const stops = [
    live.onEvents((events) => {
      // What matters is which reads they touch, not how many there were.
      pending = pending.length > 5_000 ? [...pending.slice(-1_000), ...events] : [...pending, ...events];
      if (!resting) refresh();
    }),
    live.onReset(() => void readAnew(queries, () => true)),
  ];
  const poll = setInterval(() => {
    if (live.freshness.kind === "polled") void queries.invalidateQueries({}, { cancelRefetch: false });
  }, POLL_MS);
  return () => {
    clearInterval(poll);
    stops.forEach((stop) => stop());
  };
}

export interface ReadOptions {
  enabled?: boolean;
  /** Also read anew so often, for what changes without an event. */
  everyMs?: number;
  /** While other params are read for, what was read for those before is shown. */
  keep?: boolean;
}

/** What a method answers, kept as fresh as the page says that it is. */
export function useRead<M extends Method>(method: M, params: Params<M>, options: ReadOptions = {}): UseQueryResult<Answer<M>> {
  return useQuery<Answer<M>>({
    queryKey: [method, params],
    queryFn: ({ signal }) => call(method, params, { signal }),
    enabled: options.enabled ?? true,
    refetchInterval: options.everyMs ?? false,
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  } as Parameters<typeof useQuery<Answer<M>>>[0]);
}

/** A call that changes something. What it touches is read anew by the events that it causes; `reads` are in any case. */
export function useChange<M extends Method>(method: M, reads: readonly string[] = []) {
  const queries = useQueryClient();
  return useMutation<Answer<M>, Error, Params<M>>({
    mutationFn: (params) => call(method, params),
    onSettled: () =>
      reads.length === 0
        ? undefined
        : queries.invalidateQueries({ predicate: (query) => reads.some((read) => String(query.queryKey[0]).startsWith(read)) }),
  });
}
