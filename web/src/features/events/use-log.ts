import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { call } from "@/api/call";
import type { Event } from "@/api/types";
import { textOf } from "@/shared/value";

import { EventLog } from "./log";
import type { LogLimits, LogState } from "./log";
import type { Filter } from "./match";
import type { NameOf } from "./say";

/** The part of the event log that a filter wants, as long as the component is there. */
export function useEventLog(filter: Filter, limits?: Partial<LogLimits>): { log: EventLog; state: LogState } {
  const key = JSON.stringify([filter, limits ?? {}]);
  const log = useMemo(() => {
    const [what, bounds] = JSON.parse(key) as [Filter, Partial<LogLimits>];
    return new EventLog(what, bounds);
  }, [key]);
  useEffect(() => log.start(), [log]);
  const state = useSyncExternalStore(log.watch, () => log.state);
  return { log, state };
}

/** So long nothing new came in sight before names are asked for: not while all runs by. */
const CALM_MS = 400;
/** So many are asked for at a time, and so many are kept. */
const ASKED = 20;
const KEPT = 2_000;

/** What tasks are called: as far as these events say so; for those of the events in sight, what made each task is read. */
export function useNames(events: readonly Event[], inSight: readonly string[]): NameOf {
  const [asked, setAsked] = useState<ReadonlyMap<string, string>>(new Map());
  const said = useMemo(() => {
    const names = new Map<string, string>();
    for (const { taskId, type, payload } of events) {
      if (taskId == null || names.has(taskId) || (type !== "task.created" && type !== "task.updated")) continue;
      const text = textOf(payload, "text");
      if (text !== undefined) names.set(taskId, text);
    }
    return names;
  }, [events]);
  const tasks = useMemo(() => {
    const ids = new Set(inSight);
    return [...new Set(events.flatMap(({ id, taskId }) => (taskId != null && ids.has(id) ? taskId : [])))];
  }, [events, inSight]);
  const unknown = tasks
    .filter((id) => !said.has(id) && !asked.has(id))
    .slice(0, ASKED)
    .join(" ");
  useEffect(() => {
    if (unknown === "") return;
    const timer = setTimeout(() => {
      const ids = unknown.split(" ");
      void Promise.all(ids.map(async (id) => [id, await firstText(id)] as const)).then((found) =>
        setAsked((before) => new Map([...before, ...found].slice(-KEPT))),
      );
    }, CALM_MS);
    return () => clearTimeout(timer);
  }, [unknown]);
  return useCallback((task: string) => said.get(task) ?? (asked.get(task) || undefined), [said, asked]);
}

/** The text that a task was made with; nothing if that is gone. */
async function firstText(taskId: string): Promise<string> {
  try {
    const { events } = await call("event.list", { taskId, limit: 1 });
    return textOf(events[0]?.payload, "text") ?? "";
  } catch {
    // It is shown by its id.
    return "";
  }
}
