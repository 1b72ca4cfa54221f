// The cells that are on the page, for the keyboard: which card is beside which.

import type { Status, Task } from "@/api/types";

import { selectTo, toggle } from "./select";
import type { Listed } from "./select";
import { cursor } from "./state";

export interface CellHandle extends Listed {
  status: Status;
  /** Its place among the lanes and columns. */
  row: number;
  column: number;
  rows: () => number;
  /** The first row in view. */
  top: () => number;
  focus: (index: number) => void;
}

const cells = new Map<string, CellHandle>();

export function register(handle: CellHandle): () => void {
  cells.set(handle.cell, handle);
  return () => {
    if (cells.get(handle.cell) === handle) cells.delete(handle.cell);
  };
}

const inOrder = () => [...cells.values()].sort((a, b) => a.row - b.row || a.column - b.column);

export interface Here {
  handle: CellHandle;
  index: number;
}

/** Where the keyboard is: also when its card has gone meanwhile. */
export function here(): Here | undefined {
  const at = cursor.get();
  const handle = at === undefined ? undefined : cells.get(at.cell);
  if (at === undefined || handle === undefined || handle.rows() === 0) return undefined;
  return { handle, index: handle.indexOf(at.id) ?? Math.min(at.index, handle.rows() - 1) };
}

/** Selects a card, or no longer; or all up to it from the one that was selected last. */
export function pick(task: Task, cell: string, index: number, range: boolean) {
  const handle = cells.get(cell);
  if (range && handle !== undefined) void selectTo(handle, task, index);
  else toggle(task, cell, index);
}

export const taskHere = () => {
  const at = here();
  return at?.handle.at(at.index);
};

/** Goes to a card beside the one at hand; to the first of all, if none is. */
export function go(way: "up" | "down" | "left" | "right" | "first" | "last") {
  const at = here();
  if (at === undefined) {
    inOrder().find((cell) => cell.rows() > 0)?.focus(0);
    return;
  }
  const { handle, index } = at;
  const among = (line: CellHandle[], forward: boolean) => (forward ? line : line.reverse()).find((cell) => cell.rows() > 0);
  if (way === "first") handle.focus(0);
  else if (way === "last") handle.focus(handle.rows() - 1);
  else if (way === "left" || way === "right") {
    const forward = way === "right";
    const row = inOrder().filter((cell) => cell.row === handle.row && (forward ? cell.column > handle.column : cell.column < handle.column));
    const next = among(row, forward);
    if (next !== undefined) next.focus(Math.min(next.top() + Math.max(0, index - handle.top()), next.rows() - 1));
  } else {
    const to = index + (way === "down" ? 1 : -1);
    if (to >= 0 && to < handle.rows()) {
      handle.focus(to);
      return;
    }
    const forward = way === "down";
    const column = inOrder().filter((cell) => cell.column === handle.column && (forward ? cell.row > handle.row : cell.row < handle.row));
    const next = among(column, forward);
    next?.focus(forward ? 0 : next.rows() - 1);
  }
}
