import { memo } from "react";
import type { Node, NodeProps } from "@xyflow/react";
import { Handle, Position } from "@xyflow/react";

import type { Task } from "@/api/types";
import { cn } from "@/shared/cn";
import { line } from "@/shared/content/safe";
import { percent } from "@/shared/format";
import { StatusIcon, STATUS_NAMES } from "@/shared/status";

import { FILLS } from "./looks";

export type TaskNode = Node<{ task: Task; critical: boolean; stuck: boolean; open: boolean }, "task">;

/** What the state of a node is called. */
const stateName = (task: Task): string => (task.status === "pending" && (task.openDependencies ?? 0) > 0 ? "Blocked" : STATUS_NAMES[task.status]);

/** A task in the graph. */
export const TaskCard = memo(function TaskCard({ data: { task, critical, stuck, open } }: NodeProps<TaskNode>) {
  const faded = task.status === "completed" || task.status === "cancelled";
  return (
    <div
      data-node={task.id}
      data-critical={critical || undefined}
      className={cn(
        "flex size-full flex-col justify-between overflow-hidden rounded-lg border bg-panel text-left text-xs shadow-sm",
        critical && "border-2 border-accent",
        open && "ring-2 ring-accent ring-offset-1 ring-offset-ground",
      )}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} className="opacity-0" />
      <div className="flex min-h-0 flex-1 gap-2 px-2 pt-1.5">
        <StatusIcon status={task.status} className="mt-px" />
        <span dir="auto" className={cn("line-clamp-2 min-w-0 self-start leading-4 font-medium [overflow-wrap:anywhere]", faded && "text-soft")}>
          {line(task.text, 160)}
        </span>
      </div>
      <div className="flex items-center gap-2 px-2 pb-1 text-[11px] text-soft">
        <span className={cn(stuck && "font-semibold text-failed")}>{stuck ? "Stuck" : stateName(task)}</span>
        {critical && <span className="sr-only">on the critical path</span>}
        {task.assignedTo != null && <bdi className="min-w-0 flex-1 truncate text-right">{line(task.assignedTo, 60)}</bdi>}
        {task.status === "in_progress" && task.progress != null && <span className="tabular font-semibold text-running">{percent(task.progress)}</span>}
      </div>
      <div className="h-1 bg-sunken">
        <div className={cn("h-full", FILLS[task.status])} style={{ width: `${task.status === "in_progress" ? (task.progress ?? 0.05) * 100 : 100}%` }} />
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} className="opacity-0" />
    </div>
  );
});
