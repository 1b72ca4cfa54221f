import { useState } from "react";
import type { ReactNode } from "react";

import { useRead } from "@/api/query";
import type { Task } from "@/api/types";
import { count } from "@/shared/format";
import { Button } from "@/shared/ui/button";
import { Card } from "@/shared/ui/card";

import { TaskRow, TaskRowOf } from "./row";

const FIRST = 10;
const PARTS = 50;

function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <div>
      <h3 className="px-2 text-xs font-medium text-soft">{title}</h3>
      {children}
    </div>
  );
}

/** The first of some tasks, and more of them when asked for. */
function Some({ ids }: { ids: readonly string[] }) {
  const [most, setMost] = useState(FIRST);
  return (
    <>
      {ids.slice(0, most).map((id) => (
        <TaskRowOf key={id} id={id} />
      ))}
      {ids.length > most && (
        <Button size="small" look="quiet" onClick={() => setMost(most + FIRST * 2)}>
          Show more of {count(ids.length - most)}
        </Button>
      )}
    </>
  );
}

function WaitsFor({ ids, open }: { ids: readonly string[]; open: number }) {
  return (
    <Part title={`Waits for ${count(ids.length)}${open === 0 ? ", all done" : `, ${count(open)} of them not done`}`}>
      <Some ids={ids} />
    </Part>
  );
}

function WaitForIt({ ids, cut }: { ids: readonly string[]; cut: boolean }) {
  return (
    <Part title={`${count(ids.length)}${cut ? " or more" : ""} ${ids.length === 1 ? "waits" : "wait"} for it`}>
      <Some ids={ids} />
    </Part>
  );
}

function Parts({ id }: { id: string }) {
  const [most, setMost] = useState(PARTS);
  const found = useRead("task.list", { parentId: id, limit: most, order: "asc" }, { keep: true });
  const tasks = found.data?.tasks ?? [];
  const total = found.data?.totalCount ?? 0;
  if (tasks.length === 0) return null;
  return (
    <Part title={`${count(total)} ${total === 1 ? "part" : "parts"}`}>
      <div className="max-h-96 overflow-y-auto">
        {tasks.map((task) => (
          <TaskRow key={task.id} task={task} />
        ))}
      </div>
      {found.data?.hasMore === true && most < 1_000 && (
        <Button size="small" look="quiet" onClick={() => setMost(Math.min(most * 4, 1_000))}>
          Show more of {count(total - tasks.length)}
        </Button>
      )}
    </Part>
  );
}

/** What it is a part of, its own parts, what it waits for, and what waits for it. */
export function Relations({ task }: { task: Task }) {
  const dependsOn = task.dependsOn ?? [];
  // Whichever project they are of.
  const waiting = useRead("task.dependencies", { ids: [task.id], waiting: true }, { keep: true });
  const dependents = (waiting.data?.edges ?? []).map((edge) => edge.task);
  const parts = useRead("task.list", { parentId: task.id, limit: PARTS, order: "asc" });
  const none = dependsOn.length === 0 && dependents.length === 0 && task.parentId == null && (parts.data?.totalCount ?? 0) === 0;
  if (none) return null;
  return (
    <Card title="Related tasks" flush>
      <div className="flex flex-col gap-3 p-2">
        {task.parentId != null && (
          <Part title="Part of">
            <TaskRowOf id={task.parentId} />
          </Part>
        )}
        {dependsOn.length > 0 && <WaitsFor ids={dependsOn} open={task.openDependencies ?? 0} />}
        {dependents.length > 0 && <WaitForIt ids={dependents} cut={waiting.data?.truncated === true} />}
        <Parts id={task.id} />
      </div>
    </Card>
  );
}
