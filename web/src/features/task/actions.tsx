import { Ban, CircleCheck, CircleX, Ellipsis, Gauge, Pencil, RotateCcw, Trash2, UserMinus, UserPlus } from "lucide-react";
import { useState } from "react";

import { call } from "@/api/call";
import { useMay } from "@/api/session";
import type { Task } from "@/api/types";
import { useCommands } from "@/app/commands";
import { usePauseItems } from "@/features/project/pause";
import { line } from "@/shared/content/safe";
import { useShortcuts } from "@/shared/keys";
import { Button } from "@/shared/ui/button";
import { Menu } from "@/shared/ui/menu";
import type { MenuItem } from "@/shared/ui/menu";
import { Tip } from "@/shared/ui/tip";

import { allowed } from "./allowed";
import type { Action } from "./allowed";
import { useTaskChange } from "./change";
import { Ask } from "./dialogs";
import { useWorkers } from "./workers";

interface Known {
  action: Action;
  name: string;
  keys: string;
  icon: typeof Ban;
  danger?: boolean;
}

/** In the order in which they are offered. */
const ACTIONS: readonly Known[] = [
  { action: "assign", name: "Assign", keys: "a", icon: UserPlus },
  { action: "unassign", name: "Unassign", keys: "u", icon: UserMinus },
  { action: "retry", name: "Do it again", keys: "r", icon: RotateCcw },
  { action: "priority", name: "Change the priority", keys: "p", icon: Gauge },
  { action: "edit", name: "Edit the text", keys: "e", icon: Pencil },
  { action: "complete", name: "Complete by hand", keys: "c", icon: CircleCheck },
  { action: "fail", name: "Fail by hand", keys: "f", icon: CircleX },
  { action: "cancel", name: "Cancel", keys: "x", icon: Ban, danger: true },
  { action: "delete", name: "Delete", keys: "Delete", icon: Trash2, danger: true },
];

/** These have a button of their own. */
const BUTTONS: readonly Action[] = ["assign", "unassign", "retry", "cancel"];

/** What a reader who may change tasks can do with this one: by button, menu, key and palette. */
export function Actions({ task, onGone }: { task: Task; onGone: () => void }) {
  return useMay("tasks:write") ? <Offered task={task} onGone={onGone} /> : null;
}

function Offered({ task, onGone }: { task: Task; onGone: () => void }) {
  const [asked, setAsked] = useState<Action>();
  const change = useTaskChange(task.id);
  const may = allowed(task);
  // So that they are known when somebody is to be chosen.
  useWorkers(may.has("assign"));
  const offered = ACTIONS.filter(({ action }) => may.has(action)).map((one) => (one.action === "retry" && task.dead === true ? { ...one, name: "Redrive" } : one));
  const start = (action: Action) => {
    if (action === "unassign") void unassign();
    else setAsked(action);
  };
  const unassign = () =>
    change.make({
      refused: "Not unassigned",
      run: () => call("task.unassign", { taskId: task.id }),
      guess: { status: "pending", assignedTo: null, lease: null },
      told: () => [`Taken from ${line(task.assignedTo ?? "its worker", 60)}`],
    });
  const pauses = usePauseItems({ project: task.project, roles: task.roles ?? [], tags: task.tags ?? [] });
  useShortcuts(offered.map(({ action, name, keys }) => ({ keys, does: name, group: "This task", run: () => start(action) })));
  useCommands([
    ...offered.map(({ action, name }) => ({ name: `${name} (this task)`, run: () => start(action) })),
    ...pauses.map(({ label, onSelect }) => ({ name: label, run: onSelect })),
  ]);
  const items: (MenuItem | "line")[] = [
    ...offered
      .filter(({ action }) => !BUTTONS.includes(action))
      .map(({ action, name, keys, icon: Icon, danger = false }): MenuItem => ({ label: name, icon: <Icon aria-hidden />, keys: keys === "Delete" ? "Del" : keys, danger, onSelect: () => start(action) })),
    ...(pauses.length > 0 ? (["line", ...pauses] as const) : []),
  ];
  return (
    <div className="flex flex-wrap gap-2">
      {offered
        .filter(({ action }) => BUTTONS.includes(action))
        .map(({ action, name, keys, icon: Icon, danger = false }) => (
          <Tip key={action} text={`${name}: ${keys}`} side="bottom">
            <Button look={danger ? "danger" : action === "retry" && task.status !== "completed" ? "primary" : "plain"} disabled={change.busy} aria-keyshortcuts={keys} onClick={() => start(action)}>
              <Icon aria-hidden />
              {name}
            </Button>
          </Tip>
        ))}
      {items.length > 0 && (
        <Menu
          trigger={
            <Button size="icon" aria-label="More actions">
              <Ellipsis aria-hidden />
            </Button>
          }
          items={items}
        />
      )}
      {asked !== undefined && <Ask key={asked} action={asked} task={task} change={change} onClose={() => setAsked(undefined)} onGone={onGone} />}
    </div>
  );
}
