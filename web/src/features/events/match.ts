// Which events are wanted.

import type { Event } from "@/api/types";

import { say, workerOf } from "./say";
import type { NameOf } from "./say";

export interface Filter {
  /** A type, `domain.*`; without any, all. */
  types?: readonly string[];
  project?: string;
  task?: string;
  session?: string;
  /** Who caused it, or the worker that it is about: the server does not look for that. */
  actor?: string;
}

const answers = (type: string, pattern: string): boolean => (pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern);

export function wanted(event: Event, filter: Filter): boolean {
  const { types, project, task, session, actor } = filter;
  if (types !== undefined && types.length > 0 && !types.some((pattern) => answers(event.type, pattern))) return false;
  if (project !== undefined && event.project !== project) return false;
  if (task !== undefined && event.taskId !== task) return false;
  if (session !== undefined && event.sessionId !== session) return false;
  return actor === undefined || event.actor === actor || workerOf(event) === actor;
}

/** Whether a cursor is of a later event. */
export const isNewer = (a: string, b: string): boolean => (a.length === b.length ? a > b : a.length > b.length);

/** So much of what an event carries is looked through. */
const LOOKED_THROUGH = 20_000;
const texts = new WeakMap<Event, string>();

function textOf(event: Event): string {
  let text = texts.get(event);
  if (text === undefined) {
    const payload = JSON.stringify(event.payload).slice(0, LOOKED_THROUGH);
    text = `${say(event)} ${event.type} ${event.actor} ${event.taskId ?? ""} ${event.project ?? ""} ${event.sessionId ?? ""} ${payload}`.toLowerCase();
    texts.set(event, text);
  }
  return text;
}

/** Those in which all of these words stand. */
export function find(events: readonly Event[], search: string, nameOf: NameOf): readonly Event[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return events;
  return events.filter((event) => {
    const name = event.taskId == null ? undefined : nameOf(event.taskId)?.toLowerCase();
    return words.every((word) => textOf(event).includes(word) || name?.includes(word) === true);
  });
}
