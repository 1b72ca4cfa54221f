// The tasks of a project that its page shows: as many as fit, open ones first. They are read once; afterwards only
// those are read anew that something happened to.

import { hashKey, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { call } from "@/api/call";
import { Failure } from "@/api/failure";
import { live } from "@/api/live";
import { readAnew, useRead } from "@/api/query";
import type { Event, Status, Task } from "@/api/types";

/** So many tasks are shown. */
export const MOST = 500;
/** When more than so many have changed at once, all are read anew. */
const FEW = 60;
const GATHER_MS = 250;
/** What workers say of their progress comes without an event. */
const PULSE_MS = 3_000;

const ORDER: Record<Status, number> = { in_progress: 0, pending: 1, failed: 2, completed: 3, cancelled: 4 };
const isEnded = (task: Task): boolean => ORDER[task.status] > 1;

/** Open ones first, then what ended last; no more than are shown, without what came out of them. */
export function bounded(tasks: readonly Task[], most = MOST): Task[] {
  const last = (task: Task) => (isEnded(task) ? (task.completedAt ?? task.updatedAt) : task.createdAt);
  return [...tasks]
    .sort((a, b) => (isEnded(a) ? 1 : 0) - (isEnded(b) ? 1 : 0) || ORDER[a.status] * (isEnded(a) ? 0 : 1) - ORDER[b.status] * (isEnded(b) ? 0 : 1) || last(b).localeCompare(last(a)))
    .slice(0, most)
    .map((task) => (task.result == null && task.resultAttachment == null && task.checkpoint == null ? task : { ...task, result: null, resultAttachment: null, checkpoint: null }));
}

async function load(project: string, signal: AbortSignal): Promise<Task[]> {
  const pages = await Promise.all(
    (Object.keys(ORDER) as Status[]).map((status) => call("task.list", { project, status, limit: isEnded({ status } as Task) ? MOST / 2 : MOST }, { signal })),
  );
  return bounded(pages.flatMap(({ tasks }) => tasks));
}

async function loadSome(ids: readonly string[]): Promise<{ found: Task[]; gone: string[] }> {
  const [found, gone]: [Task[], string[]] = [[], []];
  await Promise.all(
    ids.map(async (id) => {
      try {
        found.push(await call("task.get", { id }));
      } catch (error) {
        if (!(error instanceof Failure && error.code === "not_found")) throw error;
        gone.push(id);
      }
    }),
  );
  return { found, gone };
}

export function merged(before: readonly Task[], found: readonly Task[], gone: readonly string[]): Task[] {
  const all = new Map(before.map((task) => [task.id, task]));
  for (const id of gone) all.delete(id);
  for (const task of found) if ((all.get(task.id)?.version ?? 0) <= task.version) all.set(task.id, task);
  return bounded([...all.values()]);
}

const keyOf = (project: string) => ["project-tasks", project] as const;

/** Reads anew what events are about. */
function useFollowed(project: string) {
  const queries = useQueryClient();
  useEffect(() => {
    const queryKey = keyOf(project);
    let changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = async () => {
      timer = undefined;
      const ids = [...changed];
      changed = new Set();
      const all = () => readAnew(queries, (query) => hashKey(query.queryKey) === hashKey(queryKey));
      if (ids.length > FEW || queries.isFetching({ queryKey }) > 0 || queries.getQueryData(queryKey) === undefined) return all();
      try {
        const { found, gone } = await loadSome(ids);
        queries.setQueryData<Task[]>(queryKey, (now) => (now === undefined ? now : merged(now, found, gone)));
      } catch {
        return all();
      }
    };
    const hear = (events: Event[]) => {
      for (const event of events) if (event.project === project && event.taskId != null && event.type.startsWith("task.")) changed.add(event.taskId);
      if (changed.size > 0) timer ??= setTimeout(() => void refresh(), GATHER_MS);
    };
    const stop = live.onEvents(hear);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [queries, project]);
}

/** The tasks of the project, as they are now. */
export function useProjectTasks(project: string) {
  useFollowed(project);
  const read = useQuery({ queryKey: keyOf(project), queryFn: ({ signal }) => load(project, signal) });
  const running = useRead("task.list", { project, status: "in_progress", limit: 200 }, { everyMs: PULSE_MS, keep: true });
  const tasks = useMemo(() => {
    const said = new Map((running.data?.tasks ?? []).map((task) => [task.id, task]));
    return (read.data ?? []).map((task) => {
      const one = said.get(task.id);
      return one === undefined || one.version < task.version ? task : { ...task, progress: one.progress ?? null, note: one.note ?? null };
    });
  }, [read.data, running.data]);
  return { tasks, pending: read.isPending, error: read.error, again: () => void read.refetch() };
}
