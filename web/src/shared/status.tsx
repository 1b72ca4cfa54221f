import { Ban, CircleCheck, CircleDashed, CircleX, Clock3, LoaderCircle, Lock } from "lucide-react";

import type { Status, Task } from "@/api/types";

import { cn } from "./cn";

/** In the order of a task's life. */
export const STATUSES: readonly Status[] = ["pending", "in_progress", "completed", "failed", "cancelled"];

export const STATUS_NAMES: Record<Status, string> = {
  pending: "Pending",
  in_progress: "In progress",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

const LOOKS: Record<Status, string> = {
  pending: "bg-pending-soft text-pending",
  in_progress: "bg-running-soft text-running",
  completed: "bg-done-soft text-done",
  failed: "bg-failed-soft text-failed",
  cancelled: "bg-cancelled-soft text-cancelled",
};

const ICONS: Record<Status, typeof Ban> = {
  pending: CircleDashed,
  in_progress: LoaderCircle,
  completed: CircleCheck,
  failed: CircleX,
  cancelled: Ban,
};

export function StatusIcon({ status, className }: { status: Status; className?: string }) {
  const Icon = ICONS[status];
  return <Icon aria-hidden className={cn("size-4 shrink-0", LOOKS[status].split(" ")[1], className)} />;
}

/** Why a pending task is not ready, as far as the task itself says so. */
export function waitsFor(task: Pick<Task, "status" | "openDependencies" | "runAt">, now: number): "dependencies" | "time" | undefined {
  if (task.status !== "pending") return undefined;
  if ((task.openDependencies ?? 0) > 0) return "dependencies";
  return task.runAt != null && Date.parse(task.runAt) > now ? "time" : undefined;
}

/** Where a task stands. */
export function StatusBadge({ status, dead = false, waits }: { status: Status; dead?: boolean; waits?: "dependencies" | "time" | undefined }) {
  const Icon = waits === "dependencies" ? Lock : waits === "time" ? Clock3 : ICONS[status];
  const name = dead ? "Dead letter" : waits === "dependencies" ? "Blocked" : waits === "time" ? "Scheduled" : STATUS_NAMES[status];
  return (
    <span className={cn("inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap", LOOKS[status])}>
      <Icon aria-hidden className="size-3.5" />
      {name}
    </span>
  );
}

/** How urgent it is: 0 to 100. */
export function Priority({ value, className }: { value: number; className?: string }) {
  const look = value >= 80 ? "text-failed border-failed/40" : value >= 60 ? "text-warn border-warn/40" : "text-soft";
  return (
    <span title={`Priority ${value} of 100`} className={cn("tabular rounded border px-1 text-[11px] font-semibold", look, className)}>
      <span className="sr-only">Priority </span>
      {value}
    </span>
  );
}

/** A short name in a box. */
export function Chip({ children, className, title }: { children: string; className?: string; title?: string }) {
  return (
    <span title={title} className={cn("inline-block max-w-40 truncate rounded bg-sunken px-1.5 py-0.5 text-[11px] font-medium text-soft", className)}>
      {children}
    </span>
  );
}
