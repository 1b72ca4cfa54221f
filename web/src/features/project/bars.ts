// What ran when: the bars of a chart, in rows by worker or by task.

import type { Status, Task } from "@/api/types";
import { millis } from "@/shared/format";

export interface Bar {
  task: Task;
  /** When it was made. */
  made: number;
  /** When it began and ended; nothing if it has not. */
  began: number | undefined;
  ended: number | undefined;
}

export interface Row {
  key: string;
  /** Nothing: it goes on with the row above. */
  name: string | undefined;
  bars: Bar[];
}

export interface Range {
  from: number;
  to: number;
}

export function barOf(task: Task): Bar {
  const began = task.startedAt == null ? undefined : millis(task.startedAt);
  // What waits again is not running: its last attempt is over.
  const ended = task.completedAt != null ? millis(task.completedAt) : task.status === "in_progress" ? undefined : millis(task.updatedAt);
  return { task, made: millis(task.createdAt), began: task.status === "pending" ? undefined : began, ended: began === undefined ? undefined : ended };
}

const open: readonly Status[] = ["pending", "in_progress"];

/** How long each may still be seen: until its end, or until now. */
export const endOf = (bar: Bar, now: number): number => bar.ended ?? (open.includes(bar.task.status) ? now : (bar.began ?? bar.made));

export const isSeen = (bar: Bar, { from, to }: Range, now: number): boolean => bar.made <= to && endOf(bar, now) >= from;

/** A row for each task, those that began last first. */
export function byTask(tasks: readonly Task[], range: Range, now: number): Row[] {
  return tasks
    .map(barOf)
    .filter((bar) => isSeen(bar, range, now))
    .sort((a, b) => (b.began ?? Infinity) - (a.began ?? Infinity) || b.made - a.made)
    .map((bar) => ({ key: bar.task.id, name: bar.task.text, bars: [bar] }));
}

export const NOBODY = "By hand";

/** Rows for each worker: as many as it takes so that none of its bars covers another. */
export function byWorker(tasks: readonly Task[], range: Range, now: number): Row[] {
  const workers = new Map<string, Bar[]>();
  for (const task of tasks) {
    const bar = barOf(task);
    if (bar.began === undefined || bar.began > range.to || endOf(bar, now) < range.from) continue;
    const name = task.assignedTo ?? task.completedBy ?? NOBODY;
    workers.set(name, [...(workers.get(name) ?? []), bar]);
  }
  return [...workers].sort(([a], [b]) => a.localeCompare(b)).flatMap(([name, bars]) => lanes(name, bars, now));
}

function lanes(name: string, bars: Bar[], now: number): Row[] {
  const rows: { bars: Bar[]; free: number }[] = [];
  for (const bar of bars.sort((a, b) => (a.began ?? 0) - (b.began ?? 0))) {
    const row = rows.find(({ free }) => free <= (bar.began ?? 0));
    const free = endOf(bar, now);
    if (row === undefined) rows.push({ bars: [bar], free });
    else {
      row.bars.push(bar);
      row.free = free;
    }
  }
  return rows.map((row, place) => ({ key: `${name}\n${place}`, name: place === 0 ? name : undefined, bars: row.bars }));
}

/** From when the first was made until now. */
export function wholeRange(tasks: readonly Task[], now: number): Range {
  const from = Math.min(now - 60_000, ...tasks.map(({ createdAt }) => millis(createdAt)));
  return { from, to: now };
}

/** So many rows are looked at for the range that fits them. */
const FIRST_ROWS = 50;

/** From when the first bar of the rows at the top began until now: what ran before is too far away to be seen beside it. */
export function latestRange(rows: readonly Row[], now: number): Range {
  const bars = rows.slice(0, FIRST_ROWS).flatMap((row) => row.bars);
  const began = bars.flatMap((bar) => bar.began ?? []);
  const from = Math.min(now - 60_000, ...(began.length > 0 ? began : bars.map(({ made }) => made)));
  return { from, to: now };
}

const STEPS = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 7_776_000, 31_536_000].map((s) => s * 1_000);

/** Times at even distances, at most so many, for the scale. */
export function ticks({ from, to }: Range, most: number): number[] {
  const step = STEPS.find((ms) => (to - from) / ms <= most) ?? (to - from) / most;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, place) => first + place * step);
}
