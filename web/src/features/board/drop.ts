// What becomes of cards that are dropped on a cell.

import type { Status, Task } from "@/api/types";
import { toast } from "@/shared/ui/toast";

import { whyNone } from "./moves";
import { askAndMove, assign } from "./run";
import type { Dragged } from "./state";
import type { Lane } from "./view";

const isAtHome = (task: Task, status: Status, from: string, lane: Lane) => task.status === status && from === lane.id;

/** Why nothing of it can be dropped there; nothing if something can. */
export function dropProblem({ tasks, lane: from }: Dragged, status: Status, lane: Lane): string | undefined {
  // Where they come from is no place to go, but nothing is wrong with it either.
  if (tasks.some((task) => isAtHome(task, status, from, lane))) return undefined;
  if (from !== lane.id) {
    const worker = lane.filter.assignedTo;
    if (worker == null) return lane.without === "worker" ? "To take a task from its worker, move it to pending" : "Its project and roles stay as they were made";
    if (status !== "pending") return `To give it to ${worker}, drop it on pending`;
    return tasks.some((task) => task.status === "pending") ? undefined : "Only pending tasks are given to a worker";
  }
  return whyNone(tasks, status);
}

export function drop(what: Dragged, status: Status, lane: Lane) {
  const { tasks, lane: from } = what;
  if (tasks.every((task) => isAtHome(task, status, from, lane))) return;
  const problem = dropProblem(what, status, lane);
  if (problem !== undefined) {
    toast.failed("Not moved", new Error(problem));
    return;
  }
  const worker = lane.filter.assignedTo;
  if (from !== lane.id && worker != null) void assign(tasks.filter((task) => task.status === "pending"), worker);
  else askAndMove(tasks.filter((task) => task.status !== status), status, lane.id);
}
