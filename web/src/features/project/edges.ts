// Which tasks wait for which. That hardly changes once a task is made, so each task is asked about once.

import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { call } from "@/api/call";
import type { Task } from "@/api/types";

export interface Edge {
  /** It waits .. */
  task: string;
  /** .. for this one. */
  dependsOn: string;
}

export interface Edges {
  edges: Edge[];
  /** Not all could be asked for. */
  cut: boolean;
}

type Asked = Pick<Task, "id" | "version" | "status">;

/** So many are asked about in one call. */
const TOGETHER = 1_000;
/** So many are remembered. */
const KEPT = 5_000;

interface Held {
  version: number;
  dependsOn: readonly string[];
}

const held = new Map<string, Held>();

function remember(task: Asked, dependsOn: readonly string[]) {
  held.delete(task.id);
  held.set(task.id, { version: task.version, dependsOn });
  for (const id of held.keys()) {
    if (held.size <= KEPT) break;
    held.delete(id);
  }
}

/** One that is not pending waits for nothing new; one that is may, since something that it waits for was replaced. */
function isKnown(task: Asked): boolean {
  const known = held.get(task.id);
  return known !== undefined && (known.version === task.version || task.status !== "pending");
}

async function askMany(tasks: readonly Asked[], signal: AbortSignal): Promise<boolean> {
  let cut = false;
  for (let from = 0; from < tasks.length; from += TOGETHER) {
    const some = tasks.slice(from, from + TOGETHER);
    const found = await call("task.dependencies", { ids: some.map(({ id }) => id) }, { signal });
    const of = new Map<string, string[]>();
    for (const { task, dependsOn } of found.edges) of.set(task, [...(of.get(task) ?? []), dependsOn]);
    for (const task of some) remember(task, of.get(task.id) ?? []);
    cut ||= found.truncated === true;
  }
  return cut;
}

async function read(tasks: readonly Asked[], signal: AbortSignal): Promise<Edges> {
  const cut = await askMany(
    tasks.filter((task) => !isKnown(task)),
    signal,
  );
  return { edges: tasks.flatMap(({ id }) => (held.get(id)?.dependsOn ?? []).map((dependsOn) => ({ task: id, dependsOn }))), cut };
}

/** What each of these tasks waits for, or waited for. */
export function useEdges(tasks: readonly Asked[], enabled = true) {
  return useQuery({
    queryKey: ["edges", tasks.map(({ id, version, status }) => `${id} ${status === "pending" ? version : ""}`).join("\n")],
    queryFn: ({ signal }) => read(tasks, signal),
    enabled: enabled && tasks.length > 0,
    placeholderData: keepPreviousData,
  });
}
