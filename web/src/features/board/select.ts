// Selecting cards: one by one, from one to another, or a whole column.

import { call } from "@/api/call";
import type { Task } from "@/api/types";
import { count } from "@/shared/format";
import { toast } from "@/shared/ui/toast";

import { lacks } from "./view";
import type { Lane, ListParams } from "./view";
import { MOST_SELECTED, selection } from "./state";

/** Where the last selection was made: from there a range goes. */
let anchor: { cell: string; id: string; index: number } | undefined;

export function clearSelection() {
  anchor = undefined;
  selection.set(new Map());
}

function add(tasks: readonly Task[]) {
  const next = new Map(selection.get());
  for (const task of tasks) {
    if (next.size >= MOST_SELECTED) {
      toast.info(`No more than ${count(MOST_SELECTED)} tasks are selected at once`);
      break;
    }
    next.set(task.id, task);
  }
  selection.set(next);
}

/** Selects a card, or no longer. */
export function toggle(task: Task, cell: string, index: number) {
  anchor = { cell, id: task.id, index };
  if (!selection.get().has(task.id)) {
    add([task]);
    return;
  }
  const next = new Map(selection.get());
  next.delete(task.id);
  selection.set(next);
}

export interface Listed {
  cell: string;
  lane: Lane;
  params: ListParams;
  at: (index: number) => Task | undefined;
  indexOf: (id: string) => number | undefined;
}

/** Selects all between the card that was selected last and this one. */
export async function selectTo(list: Listed, task: Task, index: number) {
  if (anchor?.cell !== list.cell) {
    toggle(task, list.cell, index);
    return;
  }
  const other = list.indexOf(anchor.id) ?? anchor.index;
  const [first, last] = other < index ? [other, index] : [index, other];
  const seen = Array.from({ length: Math.min(last - first + 1, MOST_SELECTED) }, (_, place) => list.at(first + place));
  // What lies between may not have been read yet.
  if (seen.every((one) => one !== undefined)) add(seen);
  else await selectRead(list, first, last - first + 1);
}

/** Selects so many tasks of a list, from a place on. */
export async function selectRead({ lane, params }: Pick<Listed, "lane" | "params">, offset: number, length: number) {
  try {
    const { tasks } = await call("task.list", { ...params, offset, limit: Math.min(length, MOST_SELECTED) });
    const { without } = lane;
    add(without === undefined ? tasks : tasks.filter((task) => lacks(task, without)));
  } catch (error) {
    toast.failed("Nothing was selected", error);
  }
}
