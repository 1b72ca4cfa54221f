// Keys that do something on the page at hand. Nothing is done while somebody types, or while a dialog is open.

import { useEffectEvent, useLayoutEffect, useSyncExternalStore } from "react";

export interface Shortcut {
  /** A key as the browser names it, or two after each other: `g b`. */
  keys: string;
  /** What it does, for the list of keys. */
  does: string;
  /** Under which heading it is listed. */
  group: string;
  run: () => void;
}

const held = new Map<symbol, readonly Shortcut[]>();
let all: readonly Shortcut[] = [];
const listeners = new Set<() => void>();

function changed() {
  all = [...held.values()].flat();
  for (const listener of listeners) listener();
}

/** All keys that do something now. */
export const useAllShortcuts = (): readonly Shortcut[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );

/** Makes keys do something as long as the component is there. Their names must stay the same; what they do may change. */
export function useShortcuts(shortcuts: readonly Shortcut[]) {
  const run = useEffectEvent((place: number) => shortcuts[place]?.run());
  const names = shortcuts.map(({ keys, does, group }) => `${keys}\t${does}\t${group}`).join("\n");
  // With the page that is drawn, not after it: who sees it may press them.
  useLayoutEffect(() => {
    const id = Symbol("shortcuts");
    const list = names === "" ? [] : names.split("\n");
    held.set(
      id,
      list.map((line, place) => {
        const [keys = "", does = "", group = ""] = line.split("\t");
        return { keys, does, group, run: () => run(place) };
      }),
    );
    changed();
    return () => {
      held.delete(id);
      changed();
    };
  }, [names]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Two keys after each other must not be further apart. */
const APART_MS = 1_000;
let before: { key: string; at: number } | undefined;

/** Listens for all of them. */
export function listen(): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]") !== null || document.querySelector("[role=menu]") !== null) return;
    const two = before !== undefined && event.timeStamp - before.at < APART_MS ? `${before.key} ${event.key}` : undefined;
    // The last that was asked for is the nearest to what is at hand.
    const latest = [...all].reverse();
    const found = latest.find(({ keys }) => keys === two) ?? latest.find(({ keys }) => keys === event.key);
    before = { key: event.key, at: event.timeStamp };
    if (found === undefined) return;
    before = undefined;
    event.preventDefault();
    found.run();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}
