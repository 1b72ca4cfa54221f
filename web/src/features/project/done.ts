// What was completed in a project, as its events tell: at least those of the last day, the last one first.

import { useQuery, useQueryClient } from "@tanstack/react-query";

import { call } from "@/api/call";
import { Failure } from "@/api/failure";
import type { Event } from "@/api/types";

import { DAY } from "./estimate";

/** So many completions are looked at: more than those say nothing more. */
const LOOKED_AT = 1_000;
/** A page ends where the server has looked at much of the log: of a busy one no more pages than these are read at once. */
const PAGES = 12;
const EVERY_MS = 5_000;

export interface Page {
  events: Event[];
  next: string;
  hasMore: boolean;
}

/** Reads a page of what was completed. */
export type ReadPage = (order: "asc" | "desc", after: string | undefined, limit: number) => Promise<Page>;

interface Completion {
  id: string;
  at: number;
  /** How long it took; nothing for what was not completed after all. */
  worked: number | undefined;
  completed: boolean;
}

export interface Read {
  list: Completion[];
  /** Whether there are earlier ones, which were not read. */
  more: boolean;
  /** Up to where the log was read. */
  upto: string | undefined;
}

export interface Done {
  /** When tasks were completed, the last one first. */
  times: number[];
  /** How long they took on average, in milliseconds. */
  average: number | undefined;
  /** From when on all of them are known; nothing if they all are. */
  since: number | undefined;
}

function completion({ id, timestamp, payload }: Event): Completion {
  const worked = payload["worked"];
  return { id, at: timestamp, worked: typeof worked === "number" && worked > 0 ? worked : undefined, completed: payload["status"] === "completed" };
}

/** Reads back, page after page, until what is older than a day, or until there are enough. `newest` is the last event of the log. */
export async function readBack(page: ReadPage, newest: string | undefined, now: number): Promise<Read> {
  const list: Completion[] = [];
  let after: string | undefined;
  let more = true;
  for (let read = 0; more && read < PAGES && list.length < LOOKED_AT; read += 1) {
    const found = await page("desc", after, LOOKED_AT - list.length);
    list.push(...found.events.map(completion));
    more = found.hasMore;
    after = found.next;
    if ((list.at(-1)?.at ?? now) < now - DAY) break;
  }
  return { list, more, upto: list[0]?.id ?? newest };
}

/** Reads what came since. */
export async function readOn(page: ReadPage, before: Read): Promise<Read> {
  const later: Completion[] = [];
  let { upto } = before;
  for (let read = 0; read < PAGES; read += 1) {
    const found = await page("asc", upto, LOOKED_AT);
    later.push(...found.events.map(completion));
    upto = found.next;
    if (!found.hasMore) break;
  }
  const all = [...later.reverse(), ...before.list];
  return { list: all.slice(0, LOOKED_AT), more: before.more || all.length > LOOKED_AT, upto };
}

export function doneOfRead({ list, more }: Pick<Read, "list" | "more">): Done {
  const completed = list.filter((one) => one.completed);
  const worked = completed.flatMap((one) => one.worked ?? []);
  return {
    times: completed.map(({ at }) => at),
    average: worked.length === 0 ? undefined : worked.reduce((sum, ms) => sum + ms, 0) / worked.length,
    since: more ? (list.at(-1)?.at ?? Infinity) : undefined,
  };
}

/** What was completed in the project; after the first time only what came since is read. */
async function read(project: string, before: Read | undefined, signal: AbortSignal): Promise<Read> {
  const page: ReadPage = (order, after, limit) =>
    call("event.list", { project, types: ["task.completed"], order, limit, ...(after === undefined ? {} : { after }) }, { signal });
  try {
    if (before !== undefined) return await readOn(page, before);
  } catch (error) {
    // Where it would go on is past its retention, or of another log: all is read anew.
    if (!(error instanceof Failure) || error.passes) throw error;
  }
  const newest = await call("event.list", { order: "desc", limit: 1 }, { signal });
  return readBack(page, newest.events[0]?.id, Date.now());
}

const NONE = { list: [], more: false };

/** What was completed in the project. */
export function useDone(project: string): Done {
  const queries = useQueryClient();
  const queryKey = ["project-done", project] as const;
  const found = useQuery({
    queryKey,
    queryFn: ({ signal }) => read(project, queries.getQueryData<Read>(queryKey), signal),
    refetchInterval: EVERY_MS,
  });
  return doneOfRead(found.data ?? NONE);
}
