import { Link } from "@tanstack/react-router";

import { explain } from "@/api/failure";
import { useRead } from "@/api/query";
import type { Task } from "@/api/types";
import { useNow } from "@/shared/clock";
import { line } from "@/shared/content/safe";
import { percent } from "@/shared/format";
import { StatusBadge, waitsFor } from "@/shared/status";
import { Skeleton } from "@/shared/ui/states";

/** Another task, in a line. */
export function TaskRow({ task }: { task: Task }) {
  const now = useNow();
  return (
    <Link to="/tasks/$id" params={{ id: task.id }} className="flex items-center gap-2 rounded-md px-2 py-1.5 hover:bg-sunken">
      <span className="w-26 shrink-0">
        <StatusBadge status={task.status} dead={task.dead === true} waits={waitsFor(task, now)} />
      </span>
      <bdi className="min-w-0 flex-1 truncate">{line(task.text)}</bdi>
      {task.status === "in_progress" && task.progress != null && <span className="tabular text-xs text-soft">{percent(task.progress)}</span>}
      {task.assignedTo != null && <bdi className="hidden max-w-32 truncate text-xs text-faint sm:block">{line(task.assignedTo, 60)}</bdi>}
    </Link>
  );
}

/** The same, of one of which no more is known than its id. */
export function TaskRowOf({ id }: { id: string }) {
  const found = useRead("task.get", { id });
  if (found.data !== undefined) return <TaskRow task={found.data} />;
  if (found.isError)
    return (
      <p className="px-2 py-1.5 text-soft">
        {id}: {explain(found.error).title}
      </p>
    );
  return <Skeleton className="h-8" />;
}
