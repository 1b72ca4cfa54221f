import { draggable } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { Link } from "@tanstack/react-router";
import { Ban, Check, Ellipsis, MoveRight, Pencil, UserRound } from "lucide-react";
import { memo, useEffect, useRef } from "react";

import { useMay } from "@/api/session";
import type { Status, Task } from "@/api/types";
import { cn } from "@/shared/cn";
import { Priority, STATUS_NAMES } from "@/shared/status";
import { Menu } from "@/shared/ui/menu";
import type { MenuItem } from "@/shared/ui/menu";

import { Blocked } from "./blocked";
import { Age, Attempt, Chips, LeaseLeft, Marks, Progress, Scheduled, Worker, Wrong } from "./card-parts";
import { pick } from "./cells";
import { askAndMove, fresh } from "./run";
import { cursor, dragged, moves, question, selection } from "./state";
import { useStore } from "./store";

/** Every card of a column is as high as the others, so that a column of thousands is laid out at once. */
export const CARD_HEIGHT: Record<Status, number> = { pending: 100, in_progress: 122, completed: 100, failed: 122, cancelled: 100 };
export const GAP = 6;
export const rowHeight = (status: Status): number => CARD_HEIGHT[status] + GAP;

interface CardProps {
  task: Task;
  cell: string;
  lane: string;
  index: number;
  /** Whether the tab key comes here. */
  stop: boolean;
}

/** What goes with the pointer: all that is selected, if this card is. */
export const withSelected = (task: Task): readonly Task[] => {
  const selected = selection.get();
  return selected.has(task.id) ? fresh([task, ...[...selected.values()].filter(({ id }) => id !== task.id)]) : [task];
};

function useDrag(task: Task, lane: string, may: boolean) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null || !may) return;
    return draggable({
      element,
      getInitialData: () => ({ task: task.id }),
      onDragStart: () => dragged.set({ tasks: withSelected(task), lane }),
    });
  }, [task, lane, may]);
  return ref;
}

function CardMenu({ task, lane }: { task: Task; lane: string }) {
  const open = task.status === "pending" || task.status === "in_progress";
  const items: (MenuItem | "line")[] = [
    { label: "Edit", icon: <Pencil aria-hidden />, keys: "e", onSelect: () => question.set({ kind: "edit", task }) },
    { label: "Move to…", icon: <MoveRight aria-hidden />, keys: "m", onSelect: () => question.set({ kind: "move", tasks: [task], lane }) },
    ...(task.status === "pending"
      ? [{ label: "Assign to…", icon: <UserRound aria-hidden />, onSelect: () => question.set({ kind: "assign", tasks: [task], lane }) }]
      : []),
    ...(open ? (["line", { label: "Cancel", icon: <Ban aria-hidden />, danger: true, onSelect: () => askAndMove([task], "cancelled", lane) }] as const) : []),
  ];
  return (
    <Menu
      trigger={
        <button
          type="button"
          tabIndex={-1}
          aria-label="What to do with it"
          className="absolute top-1 right-1 z-10 size-6 rounded bg-raised p-1 text-faint opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-sunken hover:text-ink focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
        >
          <Ellipsis aria-hidden className="size-4" />
        </button>
      }
      items={items}
    />
  );
}

function Body({ task }: { task: Task }) {
  return (
    <>
      <div className="mt-auto text-[11px] leading-4 text-soft">
        {task.status === "in_progress" && <Progress task={task} />}
        {task.status === "failed" && <Wrong task={task} />}
      </div>
      <Chips task={task} />
      <div className="flex h-4 items-center gap-2 overflow-hidden text-[11px] leading-4 text-soft">
        <Blocked task={task} />
        <Marks task={task} />
        <Scheduled task={task} />
        <Worker task={task} />
        <Attempt task={task} />
        <span className="flex-1" />
        {task.status === "in_progress" && task.lease != null ? <LeaseLeft task={task} /> : <Age task={task} />}
      </div>
    </>
  );
}

/** Its priority; under the pointer, the box that selects it. */
function Corner({ task, cell, index, selected, may }: Pick<CardProps, "task" | "cell" | "index"> & { selected: boolean; may: boolean }) {
  return (
    <span className="relative mt-px flex shrink-0 items-center gap-1">
      <Priority value={task.priority} />
      {may && (
        <button
          type="button"
          role="checkbox"
          aria-checked={selected}
          aria-label={`Select ${task.text}`}
          tabIndex={-1}
          onClick={(click) => pick(task, cell, index, click.shiftKey)}
          className={cn(
            "absolute inset-y-0 left-0 z-10 w-full min-w-4 rounded border border-strong bg-panel text-accent-ink opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:static pointer-coarse:size-4 pointer-coarse:opacity-100",
            selected && "border-accent bg-accent opacity-100",
          )}
        >
          {selected && <Check aria-hidden className="mx-auto size-3.5" />}
        </button>
      )}
    </span>
  );
}

function CardAsIs({ task, cell, lane, index, stop }: CardProps) {
  const may = useMay("tasks:write");
  const selected = useStore(selection, (all) => all.has(task.id));
  const move = useStore(moves, (all) => all.get(task.id));
  const taken = useStore(dragged, (now) => now?.tasks.some(({ id }) => id === task.id) === true);
  const ref = useDrag(task, lane, may);
  const going = move?.phase === "moving" && move.to !== task.status;
  return (
    <div
      ref={ref}
      data-card={task.id}
      data-index={index}
      data-cell={cell}
      style={{ height: CARD_HEIGHT[task.status] }}
      className={cn(
        "group relative flex flex-col gap-1 overflow-hidden rounded-lg border bg-panel p-2 shadow-xs transition-[border-color,box-shadow] hover:border-strong has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-accent",
        selected && "border-accent bg-accent-soft ring-1 ring-accent",
        (going || taken) && "border-dashed opacity-50 shadow-none",
        move?.phase === "refused" && "border-failed ring-2 ring-failed",
      )}
    >
      <div className="flex items-start gap-1.5">
        <Corner task={task} cell={cell} index={index} selected={selected} may={may} />
        <Link
          to="/tasks/$id"
          params={{ id: task.id }}
          preload={false}
          draggable={false}
          tabIndex={stop ? 0 : -1}
          title={task.text.length > 60 ? task.text : undefined}
          onFocus={() => cursor.set({ cell, id: task.id, index })}
          onClick={(click) => {
            // A click that selects does not go anywhere.
            if (!click.shiftKey || !may) return;
            click.preventDefault();
            pick(task, cell, index, true);
          }}
          className="line-clamp-2 min-w-0 flex-1 pointer-coarse:pr-5 text-[13px] leading-[18px] font-medium break-words outline-none after:absolute after:inset-0 after:content-['']"
        >
          {task.text}
        </Link>
        {may && <CardMenu task={task} lane={lane} />}
      </div>
      {going ? (
        <p role="status" className="mt-auto flex items-center gap-1 text-xs text-soft">
          Moving to {STATUS_NAMES[move.to].toLowerCase()}…
        </p>
      ) : (
        <Body task={task} />
      )}
    </div>
  );
}

/** The same task in the same state is not drawn again, whatever else was read. */
export const Card = memo(CardAsIs, (before, after) => {
  const [a, b] = [before.task, after.task];
  return (
    before.cell === after.cell &&
    before.index === after.index &&
    before.stop === after.stop &&
    (a === b ||
      (a.id === b.id &&
        a.version === b.version &&
        a.status === b.status &&
        a.progress === b.progress &&
        a.note === b.note &&
        a.openDependencies === b.openDependencies &&
        a.lease?.expiresAt === b.lease?.expiresAt))
  );
});
