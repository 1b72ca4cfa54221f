import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { call } from "@/api/call";
import { live } from "@/api/live";
import { useRead } from "@/api/query";
import { useMay } from "@/api/session";
import type { Event } from "@/api/types";
import { reasonName, workerOf } from "@/features/events/say";
import { useNow } from "@/shared/clock";
import { textOf } from "@/shared/value";

import { fleet } from "./fleet";
import type { LastError, Worker } from "./fleet";
import { instances, pausedWorker } from "./instances";

/** Signs of life make no event. */
const EVERY_MS = 5_000;
/** So many tasks in progress are looked at. */
const TASKS = 500;
/** So many workers' last errors are kept. */
const ERRORS = 2_000;

export interface Fleet {
  workers: Worker[];
  /** There are more workers than are shown. */
  more: boolean;
  /** There is more in progress than was looked at. */
  moreTasks: number;
  pending: boolean;
  error: unknown;
  retry: () => void;
}

/** All workers with what they do. */
export function useFleet(): Fleet {
  const now = useNow();
  const mayTasks = useMay("tasks:read");
  const all = useQuery({ queryKey: ["system.instances", {}], queryFn: ({ signal }) => instances(signal), refetchInterval: EVERY_MS });
  const tasks = useRead("task.list", { status: "in_progress", limit: TASKS }, { enabled: mayTasks, keep: true });
  const day = Math.floor(now / 86_400_000) * 86_400_000;
  const figures = useRead("analytics.workers", { from: new Date(day).toISOString(), limit: 500 }, { enabled: mayTasks, everyMs: 2 * EVERY_MS, keep: true });
  const sessions = useRead("session.list", { limit: 200 }, { enabled: mayTasks, keep: true });
  const pauses = useRead("queue.list", {}, { enabled: mayTasks });
  const errors = useLastErrors(mayTasks);
  const workers = useMemo(
    () =>
      fleet(
        {
          instances: all.data?.instances ?? [],
          tasks: tasks.data?.tasks ?? [],
          figures: figures.data?.workers ?? [],
          sessions: sessions.data?.sessions ?? [],
          draining: new Set((pauses.data?.pauses ?? []).flatMap((pause) => pausedWorker(pause) ?? [])),
          errors,
        },
        now,
      ),
    [all.data, tasks.data, figures.data, sessions.data, pauses.data, errors, now],
  );
  return {
    workers,
    more: all.data?.more ?? false,
    moreTasks: tasks.data?.hasMore === true ? tasks.data.totalCount - tasks.data.tasks.length : 0,
    pending: all.isPending,
    error: all.data === undefined ? all.error : undefined,
    retry: () => void all.refetch(),
  };
}

export function errorOf(event: Event): LastError | undefined {
  const { type, payload, timestamp, taskId } = event;
  const failed = type === "task.attempt_failed" || (type === "task.completed" && payload["status"] === "failed");
  if (!failed) return undefined;
  const reason = reasonName(textOf(payload, "reason"));
  return { text: textOf(payload, "error") ?? (reason === "" ? "It failed and did not say why" : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`), at: timestamp, taskId: taskId ?? undefined };
}

/** What went wrong last with each worker, as far as the newest events say so. */
function useLastErrors(enabled: boolean): ReadonlyMap<string, LastError> {
  const [errors, setErrors] = useState<ReadonlyMap<string, LastError>>(new Map());
  useEffect(() => {
    if (!enabled) return;
    let on = true;
    const take = (events: readonly Event[]) => {
      const found = events.flatMap((event) => {
        const error = errorOf(event);
        const worker = workerOf(event);
        return error === undefined || worker === undefined ? [] : [[worker, error] as const];
      });
      if (!on || found.length === 0) return;
      setErrors((before) => {
        const after = new Map(before);
        for (const [worker, error] of found) if ((after.get(worker)?.at ?? 0) <= error.at) after.set(worker, error);
        return after.size > ERRORS ? new Map([...after].slice(-ERRORS)) : after;
      });
    };
    const stop = live.onEvents(take);
    // Completions by themselves would hide the failures among them.
    const newest = (type: string, limit: number) => call("event.list", { types: [type], order: "desc", limit }).then(({ events }) => take(events));
    void Promise.allSettled([newest("task.attempt_failed", 300), newest("task.completed", 500)]);
    return () => {
      on = false;
      stop();
    };
  }, [enabled]);
  return errors;
}
