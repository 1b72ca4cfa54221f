// What can be done with a task as it stands. The server decides; what it would refuse is not offered.

import type { Task } from "@/api/types";

export type Action = "assign" | "unassign" | "edit" | "priority" | "complete" | "fail" | "cancel" | "retry" | "delete";

export const isOpen = (task: Pick<Task, "status">): boolean => task.status === "pending" || task.status === "in_progress";

export function allowed(task: Task): ReadonlySet<Action> {
  const may = new Set<Action>();
  const open = isOpen(task);
  const waits = (task.openDependencies ?? 0) > 0;
  // What is in the archive is changed only after it was put back.
  if (task.archived === true) return new Set<Action>(["retry"]);
  if (task.status === "pending") may.add("assign");
  if (open && task.assignedTo != null) may.add("unassign");
  may.add("edit");
  if (open) {
    may.add("priority");
    if (!waits) {
      may.add("complete");
      may.add("fail");
    }
    may.add("cancel");
  } else {
    may.add("retry");
  }
  may.add("delete");
  return may;
}
