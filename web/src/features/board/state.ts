// What goes on at the board beside what the server says: what is selected, dragged, on its way, and asked for.

import type { Status, Task } from "@/api/types";

import { Store } from "./store";

/** Selected tasks by id, as they were seen last. */
export const selection = new Store<ReadonlyMap<string, Task>>(new Map());
/** At most so many are selected. */
export const MOST_SELECTED = 1_000;

export interface Move {
  task: Task;
  to: Status;
  /** The lane in which it will be. */
  lane: string;
  phase: "moving" | "refused";
}

/** Tasks on their way to another column, by id; those that were refused for a moment more. */
export const moves = new Store<ReadonlyMap<string, Move>>(new Map());

export interface Dragged {
  tasks: readonly Task[];
  /** The lane from which they come. */
  lane: string;
}

/** What is under the pointer: lists stand still meanwhile. */
export const dragged = new Store<Dragged | undefined>(undefined);

/** What is asked of the reader in a dialog. */
export type Question =
  | { kind: "create"; given: Partial<Pick<Task, "project" | "roles" | "tags" | "priority">> }
  | { kind: "edit"; task: Task }
  | { kind: "move" | "cancel" | "redo" | "priority" | "assign"; tasks: readonly Task[]; lane: string }
  | { kind: "keep-view" };

export const question = new Store<Question | undefined>(undefined);

/** The card at hand: that of the keyboard. */
export interface Cursor {
  cell: string;
  id: string;
  index: number;
}

export const cursor = new Store<Cursor | undefined>(undefined);

/** When the page is left. */
export function forget() {
  selection.set(new Map());
  moves.set(new Map());
  dragged.set(undefined);
  question.set(undefined);
  cursor.set(undefined);
}

export const cellKey = (lane: string, status: Status): string => `${lane}/${status}`;
