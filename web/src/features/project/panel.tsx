import { Link } from "@tanstack/react-router";
import { ArrowRight, X } from "lucide-react";
import { useEffect, useEffectEvent } from "react";

import type { Task } from "@/api/types";
import { TaskRow } from "@/features/task/row";
import { useNow } from "@/shared/clock";
import { line, plain } from "@/shared/content/safe";
import { count, percent } from "@/shared/format";
import { Priority, StatusBadge, waitsFor } from "@/shared/status";
import { Age, Left } from "@/shared/time";
import { Button } from "@/shared/ui/button";

interface PanelProps {
  task: Task;
  before: readonly Task[];
  after: readonly Task[];
  critical: boolean;
  stuck: boolean;
  onClose: () => void;
}

function Neighbours({ title, tasks }: { title: string; tasks: readonly Task[] }) {
  return tasks.length === 0 ? null : (
    <div>
      <h3 className="px-2 text-xs font-medium text-soft">{title}</h3>
      {tasks.slice(0, 8).map((task) => (
        <TaskRow key={task.id} task={task} />
      ))}
      {tasks.length > 8 && <p className="px-2 text-xs text-soft">and {count(tasks.length - 8)} more</p>}
    </div>
  );
}

/** The task that was chosen in the graph, beside it. */
export function TaskPanel({ task, before, after, critical, stuck, onClose }: PanelProps) {
  const now = useNow();
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && document.querySelector("dialog[open]") === null) close();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return (
    <aside aria-label="The chosen task" className="flex w-full shrink-0 flex-col gap-3 overflow-y-auto border-t bg-panel p-3 md:w-80 md:border-t-0 md:border-l">
      <div className="flex items-start gap-2">
        <h2 dir="auto" className="min-w-0 flex-1 font-semibold [overflow-wrap:anywhere] [unicode-bidi:isolate]">
          {plain(task.text)}
        </h2>
        <Button look="quiet" size="icon" aria-label="Close" onClick={onClose}>
          <X aria-hidden />
        </Button>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <StatusBadge status={task.status} dead={task.dead === true} waits={waitsFor(task, now)} />
        <Priority value={task.priority} />
        {critical && <span className="rounded-full bg-accent-soft px-2 py-0.5 text-xs font-medium text-accent">On the critical path</span>}
      </div>
      {stuck && <p className="rounded-md bg-failed-soft px-2 py-1.5 text-failed">Something before it failed or was called off: it cannot begin by itself.</p>}
      {task.status === "in_progress" && (
        <p className="text-soft">
          <bdi className="font-medium text-ink">{line(task.assignedTo ?? "Nobody", 100)}</bdi> works on it
          {task.startedAt != null && (
            <>
              {" "}
              for <Age since={task.startedAt} />
            </>
          )}
          {task.progress != null && <>, {percent(task.progress)} done</>}
          {task.lease != null && (
            <>
              ; its lease ends in <Left until={task.lease.expiresAt} />
            </>
          )}
          .
        </p>
      )}
      {task.note != null && task.note !== "" && <p className="rounded-md bg-sunken px-2 py-1.5 [overflow-wrap:anywhere]">{line(task.note, 400)}</p>}
      {task.error != null && task.error !== "" && <p className="rounded-md bg-failed-soft px-2 py-1.5 font-mono text-xs [overflow-wrap:anywhere]">{line(task.error, 400)}</p>}
      <Link to="/tasks/$id" params={{ id: task.id }} className="inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md bg-accent px-3 font-medium text-accent-ink hover:opacity-90">
        Open the task
        <ArrowRight aria-hidden className="size-4" />
      </Link>
      <Neighbours title={`Waits for ${count(before.length)}`} tasks={before} />
      <Neighbours title={`${count(after.length)} ${after.length === 1 ? "waits" : "wait"} for it`} tasks={after} />
    </aside>
  );
}
