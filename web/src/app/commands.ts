// What the command palette offers besides pages and tasks: each page adds its own while it is shown.

import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

export interface Command {
  name: string;
  run: () => void;
}

const held = new Map<symbol, readonly Command[]>();
let all: readonly Command[] = [];
const listeners = new Set<() => void>();

function changed() {
  all = [...held.values()].flat();
  for (const listener of listeners) listener();
}

export const useAllCommands = (): readonly Command[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );

/** Offers commands as long as the component is there. */
export function useCommands(commands: readonly Command[]) {
  const run = useEffectEvent((place: number) => commands[place]?.run());
  const names = commands.map(({ name }) => name).join("\n");
  useEffect(() => {
    const id = Symbol("commands");
    held.set(
      id,
      (names === "" ? [] : names.split("\n")).map((name, place) => ({ name, run: () => run(place) })),
    );
    changed();
    return () => {
      held.delete(id);
      changed();
    };
  }, [names]);
}
