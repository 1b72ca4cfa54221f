// Which open tasks hold the project up: the longest chain of those that wait for each other.

import type { Status, Task } from "@/api/types";

import type { Edge } from "./edges";

export type Step = Pick<Task, "id" | "status" | "progress">;

export interface Critical {
  /** From what is to be done first to what comes last. */
  ids: string[];
  /** How long all of it takes, in the measure of the estimate. */
  length: number;
}

const isOpen = (status: Status): boolean => status === "pending" || status === "in_progress";

/** In an order in which each comes after all that it waits for; what goes in circles is left out. */
function inOrder(ids: readonly string[], before: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Map(ids.map((id) => [id, before.get(id)?.length ?? 0]));
  const after = new Map<string, string[]>();
  for (const [id, list] of before) for (const one of list) after.set(one, [...(after.get(one) ?? []), id]);
  const order = ids.filter((id) => left.get(id) === 0);
  for (let place = 0; place < order.length; place += 1) {
    for (const id of after.get(order[place] ?? "") ?? []) {
      const count = (left.get(id) ?? 0) - 1;
      left.set(id, count);
      if (count === 0) order.push(id);
    }
  }
  return order;
}

function openEdges(open: ReadonlyMap<string, Step>, edges: readonly Edge[]): Map<string, string[]> {
  const before = new Map<string, string[]>();
  for (const { task, dependsOn } of edges) {
    if (!open.has(task) || !open.has(dependsOn) || task === dependsOn) continue;
    const list = before.get(task) ?? [];
    if (!list.includes(dependsOn)) list.push(dependsOn);
    before.set(task, list);
  }
  return before;
}

/** The longest chain of open tasks, each of which takes as long as `takes` says; of one that is under way, what is left. */
export function criticalPath(tasks: readonly Step[], edges: readonly Edge[], takes: (task: Step) => number = () => 1): Critical {
  const open = new Map(tasks.filter(({ status }) => isOpen(status)).map((task) => [task.id, task]));
  const before = openEdges(open, edges);
  const best = new Map<string, { length: number; from: string | undefined }>();
  let last: string | undefined;
  for (const id of inOrder([...open.keys()], before)) {
    const task = open.get(id);
    if (task === undefined) continue;
    const left = task.status === "in_progress" ? 1 - Math.min(Math.max(task.progress ?? 0, 0), 1) : 1;
    let from: string | undefined;
    for (const one of before.get(id) ?? []) if (from === undefined || (best.get(one)?.length ?? 0) > (best.get(from)?.length ?? 0)) from = one;
    best.set(id, { length: takes(task) * left + (from === undefined ? 0 : (best.get(from)?.length ?? 0)), from });
    if (last === undefined || (best.get(id)?.length ?? 0) > (best.get(last)?.length ?? 0)) last = id;
  }
  const ids: string[] = [];
  for (let id = last; id !== undefined; id = best.get(id)?.from) ids.unshift(id);
  return { ids, length: last === undefined ? 0 : (best.get(last)?.length ?? 0) };
}

/** Pending tasks that never come to be ready by themselves: something before them failed or was called off. */
export function stuck(tasks: readonly Step[], edges: readonly Edge[]): Set<string> {
  const status = new Map(tasks.map((task) => [task.id, task.status]));
  const after = new Map<string, string[]>();
  for (const { task, dependsOn } of edges) after.set(dependsOn, [...(after.get(dependsOn) ?? []), task]);
  const found = new Set<string>();
  const walk = tasks.filter((task) => task.status === "failed" || task.status === "cancelled").map(({ id }) => id);
  for (let id = walk.pop(); id !== undefined; id = walk.pop()) {
    for (const next of after.get(id) ?? []) {
      if (found.has(next) || status.get(next) !== "pending") continue;
      found.add(next);
      walk.push(next);
    }
  }
  return found;
}
