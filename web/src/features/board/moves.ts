// Which moves between columns there are, and the calls that make them.

import { call } from "@/api/call";
import type { Status, Task } from "@/api/types";
import { STATUS_NAMES } from "@/shared/status";

export type Movable = Pick<Task, "id" | "status" | "assignedTo">;

/** What a move takes: a call, first an answer of the reader, or that it cannot be. */
export type Way = { kind: "direct" } | { kind: "cancel" } | { kind: "redo" } | { kind: "never"; why: string };

export const isEnd = (status: Status) => status === "completed" || status === "failed" || status === "cancelled";

export function wayOf(task: Movable, to: Status): Way {
  const { status } = task;
  if (status === to) return { kind: "never", why: `It is ${STATUS_NAMES[to].toLowerCase()} already` };
  if (status === "completed" || status === "cancelled") {
    if (to !== "pending") return { kind: "never", why: `${STATUS_NAMES[status]} tasks only go back to pending` };
    return { kind: status === "completed" ? "redo" : "direct" };
  }
  if (to !== "cancelled") return { kind: "direct" };
  return isEnd(status) ? { kind: "never", why: "It has ended already: there is nothing to cancel" } : { kind: "cancel" };
}

/** Why none of these can go there; nothing if one can. */
export function whyNone(tasks: readonly Movable[], to: Status): string | undefined {
  let why: string | undefined;
  for (const task of tasks) {
    const way = wayOf(task, to);
    if (way.kind !== "never") return undefined;
    why ??= way.why;
  }
  return why;
}

export interface Said {
  /** Why it is cancelled. */
  reason?: string;
  dependents?: "keep" | "cancel" | "release";
}

/** Makes a move; fails with what the server says against it. */
export function carryOut(task: Movable, to: Status, said: Said = {}): Promise<unknown> {
  const { id, status } = task;
  if (to === "cancelled") {
    const { reason, dependents } = said;
    return call("task.cancel", {
      id,
      ...(reason === undefined || reason === "" ? {} : { reason }),
      ...(dependents === undefined ? {} : { dependents }),
    });
  }
  if (to === "pending" && isEnd(status)) return call("task.retry", { id, ...(status === "completed" ? { force: true } : {}) });
  if (to === "pending" && task.assignedTo != null) return call("task.unassign", { taskId: id });
  return call("task.update", { id, updates: { status: to } });
}

/** What is to be known of a move that was made. */
export function note(task: Movable, to: Status): string | undefined {
  if (to === "in_progress" && task.assignedTo == null) return "Nobody holds it: unless a worker does, it is pending again when its lease ends.";
  if (to === "cancelled" && task.status === "in_progress") return "Its worker is told, and has 30 seconds to stop.";
  return undefined;
}
