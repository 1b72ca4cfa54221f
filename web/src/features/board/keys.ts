// The board by keyboard, and what it offers in the command palette.

import { useCommands } from "@/app/commands";
import { useMay } from "@/api/session";
import { useShortcuts } from "@/shared/keys";
import type { Shortcut } from "@/shared/keys";

import { retry } from "./bulk";
import { withSelected } from "./card";
import { go, here, pick, taskHere } from "./cells";
import { isEnd } from "./moves";
import { clearSelection } from "./select";
import { question, selection } from "./state";
import type { Question } from "./state";
import type { BoardSearch } from "./search";
import { copyLink } from "./views";
import { useStore } from "./store";
import { views } from "./views-store";

interface BoardKeys {
  onCreate: () => void;
  onOpen: (id: string) => void;
  onSearch: () => void;
  /** Nothing is selected: what else there is to clear. */
  onClear: () => void;
  onGo: (search: BoardSearch) => void;
  onGroup: (groupBy: BoardSearch["groupBy"]) => void;
}

const BOARD = "Board";
const ABOUT = "From card to card";

/** Asks something about the card at hand, and what is selected with it. */
function ask(kind: Extract<Question, { tasks: unknown }>["kind"]) {
  const at = here();
  const task = taskHere();
  if (task !== undefined) question.set({ kind, tasks: withSelected(task), lane: at?.handle.lane.id ?? "" });
}

function mark(range: boolean) {
  const at = here();
  const task = taskHere();
  if (at !== undefined && task !== undefined) pick(task, at.handle.cell, at.index, range);
}

const ROUND: Shortcut[] = (
  [
    ["ArrowDown", "Down", "down"],
    ["j", "Down", "down"],
    ["ArrowUp", "Up", "up"],
    ["k", "Up", "up"],
    ["ArrowLeft", "Left", "left"],
    ["h", "Left", "left"],
    ["ArrowRight", "Right", "right"],
    ["l", "Right", "right"],
    ["Home", "First of the column", "first"],
    ["End", "Last of the column", "last"],
  ] as const
).map(([keys, does, way]) => ({ keys, does, group: ABOUT, run: () => go(way) }));

/** What has ended is put back. */
function again() {
  const task = taskHere();
  if (task === undefined) return;
  const ended = withSelected(task).filter(({ status }) => isEnd(status));
  if (ended.length > 0) retry(ended);
}

export function useBoardKeys({ onCreate, onOpen, onSearch, onClear, onGo, onGroup }: BoardKeys) {
  const may = useMay("tasks:write");
  const kept = useStore(views, (now) => now);
  const open = () => {
    const task = taskHere();
    if (task !== undefined) onOpen(task.id);
  };
  const edit = () => {
    const task = taskHere();
    if (task !== undefined) question.set({ kind: "edit", task });
  };
  const escape = () => (selection.get().size > 0 ? clearSelection() : onClear());
  useShortcuts([
    ...ROUND,
    { keys: "Enter", does: "Open the task", group: BOARD, run: open },
    { keys: "/", does: "Search", group: BOARD, run: onSearch },
    { keys: "Escape", does: "Clear the selection, or the search", group: BOARD, run: escape },
    ...(may
      ? [
          { keys: "c", does: "New task", group: BOARD, run: onCreate },
          { keys: "e", does: "Edit the task", group: BOARD, run: edit },
          { keys: "m", does: "Move to…", group: BOARD, run: () => ask("move") },
          { keys: "a", does: "Assign to…", group: BOARD, run: () => ask("assign") },
          { keys: "p", does: "Change the priority", group: BOARD, run: () => ask("priority") },
          { keys: "r", does: "Do it again", group: BOARD, run: again },
          { keys: "x", does: "Select, or no longer", group: BOARD, run: () => mark(false) },
          { keys: "X", does: "Select up to here", group: BOARD, run: () => mark(true) },
        ]
      : []),
  ]);
  useCommands([
    ...(may ? [{ name: "New task", run: onCreate }] : []),
    { name: "Lanes by project", run: () => onGroup("project") },
    { name: "Lanes by role", run: () => onGroup("role") },
    { name: "Lanes by worker", run: () => onGroup("worker") },
    { name: "No lanes", run: () => onGroup(undefined) },
    { name: "Clear all filters", run: () => onGo({}) },
    { name: "Keep this view", run: () => question.set({ kind: "keep-view" }) },
    { name: "Copy the link to this view", run: () => void copyLink() },
    ...kept.map(({ name, search }) => ({ name: `View: ${name}`, run: () => onGo(search) })),
  ]);
}
