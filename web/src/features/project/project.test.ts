import { describe, expect, it } from "vitest";

import type { Event, Status, Task } from "@/api/types";

import { byTask, byWorker, latestRange, ticks, wholeRange } from "./bars";
import { criticalPath, stuck } from "./critical";
import { doneOfRead, readBack, readOn } from "./done";
import type { ReadPage } from "./done";
import { DAY, estimate, HOUR, perSpan } from "./estimate";
import { layout, NODE } from "./layout";
import { bounded, merged } from "./tasks";

const step = (id: string, status: Status = "pending", progress?: number) => ({ id, status, progress: progress ?? null });
const edge = (task: string, dependsOn: string) => ({ task, dependsOn });
const task = (id: string, more: Partial<Task> = {}): Task => ({
  id,
  text: id,
  status: "pending",
  priority: 50,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  version: 1,
  attempt: 0,
  maxAttempts: 5,
  createdBy: "ada",
  ...more,
});

describe("the critical path", () => {
  it("is the longest chain of what is open", () => {
    const tasks = [step("a", "completed"), step("b"), step("c"), step("d"), step("e")];
    const edges = [edge("b", "a"), edge("c", "b"), edge("d", "c"), edge("e", "b")];
    expect(criticalPath(tasks, edges)).toEqual({ ids: ["b", "c", "d"], length: 3 });
  });

  it("goes by how long each takes, and how much of it is left", () => {
    const tasks = [step("a"), step("b"), step("c", "in_progress", 0.9)];
    const edges = [edge("b", "a")];
    const takes = ({ id }: { id: string }) => (id === "c" ? 5 : 1);
    expect(criticalPath(tasks, edges, takes)).toEqual({ ids: ["a", "b"], length: 2 });
    expect(criticalPath([step("a"), step("b"), step("c")], edges, takes).ids).toEqual(["c"]);
  });

  it("comes to an end where tasks go in circles, and with none at all", () => {
    expect(criticalPath([step("a"), step("b"), step("c")], [edge("a", "b"), edge("b", "a"), edge("c", "c")]).ids).toEqual(["c"]);
    expect(criticalPath([], [])).toEqual({ ids: [], length: 0 });
    expect(criticalPath([step("a", "failed")], [])).toEqual({ ids: [], length: 0 });
  });

  it("takes thousands in a chain", () => {
    const tasks = Array.from({ length: 5_000 }, (_, place) => step(String(place)));
    const edges = tasks.slice(1).map(({ id }, place) => edge(id, String(place)));
    expect(criticalPath(tasks, edges).length).toBe(5_000);
  });
});

it("what waits for something that failed is stuck, and what waits for that", () => {
  const tasks = [step("a", "failed"), step("b"), step("c"), step("d"), step("e", "completed")];
  expect([...stuck(tasks, [edge("b", "a"), edge("c", "b"), edge("d", "e"), edge("e", "a")])]).toEqual(["b", "c"]);
});

describe("the estimate", () => {
  const now = 10 * DAY;
  const every = (ms: number, times: number) => Array.from({ length: times }, (_, place) => now - place * ms);

  it("goes by the last hour", () => expect(estimate(10, every(6 * 60_000, 30), now)).toEqual({ kind: "about", ms: HOUR, done: 10, within: "hour" }));
  it("goes by the last day, if the hour says too little", () => {
    const found = estimate(12, every(2 * HOUR, 30), now);
    expect(found).toEqual({ kind: "about", ms: DAY, done: 12, within: "day" });
  });
  it("counts only the time since the first one, if there was none before", () => {
    expect(estimate(6, every(60_000, 6), now)).toEqual({ kind: "about", ms: 5 * 60_000, done: 6, within: "hour" });
  });
  it("says that it does not know", () => {
    expect(estimate(5, every(60_000, 4), now)).toEqual({ kind: "unknown" });
    expect(estimate(5, every(1_000, 20), now)).toEqual({ kind: "unknown" });
    expect(estimate(5, [], now)).toEqual({ kind: "unknown" });
  });
  it("is nothing when all is done", () => expect(estimate(0, [], now)).toEqual({ kind: "done" }));
  it("counts by span", () => expect(perSpan([now, now - 1, now - 61, now - 1_000], now, 3, 60)).toEqual([0, 1, 2]));
});

describe("what was done", () => {
  const now = 10 * DAY;
  /** A log of so many completions, so many milliseconds after each other, in pages of no more than 250; and how often it was read. */
  const logOf = (many: number, ms: number) => {
    const log = Array.from({ length: many }, (_, place) => ({ id: String(many - place), timestamp: now - place * ms, payload: { status: "completed", worked: 10 } }) as unknown as Event);
    const reads: string[] = [];
    const page: ReadPage = (order, after, limit) => {
      reads.push(order);
      const all = order === "desc" ? log : [...log].reverse();
      const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
      const events = all.slice(from, from + Math.min(limit, 250));
      return Promise.resolve({ events, next: events.at(-1)?.id ?? after ?? "0", hasMore: from + events.length < log.length });
    };
    return { page, reads };
  };

  it("is read page after page, to the end", async () => {
    const done = doneOfRead(await readBack(logOf(600, 1_000).page, undefined, now));
    expect(done).toMatchObject({ average: 10, since: undefined });
    expect(done.times).toHaveLength(600);
  });

  it("is read up to a bound, and no further back than a day", async () => {
    const many = doneOfRead(await readBack(logOf(1_500, 1_000).page, undefined, now));
    expect(many.times).toHaveLength(1_000);
    expect(many.since).toBe(now - 999_000);
    const old = logOf(1_500, DAY / 100);
    expect(doneOfRead(await readBack(old.page, undefined, now)).times).toHaveLength(250);
    expect(old.reads).toEqual(["desc"]);
  });

  it("is read again only as far as it is new", async () => {
    const before = await readBack(logOf(600, 1_000).page, undefined, now);
    const later = logOf(1_003, 1_000);
    const after = await readOn(later.page, before);
    expect(later.reads).toEqual(["asc", "asc"]);
    expect(after.list.map(({ id }) => id)).toEqual(Array.from({ length: 1_000 }, (_, place) => String(1_003 - place)));
    expect(after).toMatchObject({ more: true, upto: "1003" });
    expect(await readOn(later.page, after)).toEqual(after);
  });

  it("comes to an end where pages are empty, and goes on from the end of the log", async () => {
    const read = await readBack(() => Promise.resolve({ events: [], next: "5", hasMore: true }), "90", now);
    expect(read.upto).toBe("90");
    expect(doneOfRead(read)).toEqual({ times: [], average: undefined, since: Infinity });
  });
});

describe("the layout", () => {
  it("puts what waits to the right, and what has no part in it below", () => {
    const places = layout(["a", "b", "c", "alone"], [edge("b", "a"), edge("c", "b"), edge("x", "a")]);
    expect(places.size).toBe(4);
    const [a, b, alone] = [places.get("a"), places.get("b"), places.get("alone")];
    expect(b?.x).toBeGreaterThan((a?.x ?? 0) + NODE.width);
    expect(alone?.y).toBeGreaterThan((a?.y ?? 0) + NODE.height);
  });

  it("places 500 within a moment", () => {
    const ids = Array.from({ length: 500 }, (_, place) => String(place));
    const edges = ids.slice(1).map((id, place) => edge(id, String(Math.floor(place / 3))));
    expect(new Set([...layout(ids, edges).values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(500);
  });
});

describe("the chart", () => {
  const at = (s: number) => new Date(s * 1_000).toISOString();
  const ran = (id: string, from: number, to: number, worker: string) => task(id, { status: "completed", createdAt: at(0), startedAt: at(from), completedAt: at(to), completedBy: worker });
  const now = 100_000;

  it("has a row for each worker, and more where bars would cover each other", () => {
    const rows = byWorker([ran("a", 10, 20, "w-1"), ran("b", 15, 30, "w-1"), ran("c", 20, 40, "w-1"), ran("d", 5, 6, "w-0"), task("e")], { from: 0, to: now }, now);
    expect(rows.map(({ name, bars }) => [name, bars.map(({ task: { id } }) => id)])).toEqual([
      ["w-0", ["d"]],
      ["w-1", ["a", "c"]],
      [undefined, ["b"]],
    ]);
  });

  it("leaves out what is not within the range", () => {
    const tasks = [ran("a", 10, 20, "w"), ran("b", 50, 60, "w"), task("c", { createdAt: at(70), updatedAt: at(70) })];
    expect(byTask(tasks, { from: 30_000, to: 65_000 }, now).map(({ key }) => key)).toEqual(["b"]);
    expect(byTask(tasks, wholeRange(tasks, now), now).map(({ key }) => key)).toEqual(["c", "b", "a"]);
  });

  it("begins with the first of what is at the top, if nothing else was chosen", () => {
    const tasks = Array.from({ length: 80 }, (_, place) => ran(String(place), 100 + place * 100, 150 + place * 100, "w"));
    const all = wholeRange(tasks, 10_000_000);
    expect(latestRange(byTask(tasks, all, 10_000_000), 10_000_000).from).toBe(3_100_000);
    expect(latestRange(byWorker(tasks, all, 10_000_000), 10_000_000).from).toBe(100_000);
    expect(latestRange(byTask([task("a", { createdAt: at(70) })], all, now + 70_000), now + 70_000).from).toBe(70_000);
    expect(latestRange([], 100_000)).toEqual({ from: 40_000, to: 100_000 });
  });

  it("has a scale of even times", () => {
    expect(ticks({ from: 1_000, to: 61_000 }, 5)).toEqual([15_000, 30_000, 45_000, 60_000]);
    expect(ticks({ from: 0, to: 10 * DAY }, 6).length).toBeLessThanOrEqual(6);
  });
});

describe("the tasks that are shown", () => {
  it("are the open ones first, then what ended last", () => {
    const tasks = [
      task("old", { status: "completed", completedAt: "2026-01-02" }),
      task("new", { status: "failed", completedAt: "2026-01-03" }),
      task("pending"),
      task("running", { status: "in_progress" }),
    ];
    expect(bounded(tasks, 3).map(({ id }) => id)).toEqual(["running", "pending", "new"]);
  });

  it("take over what is newer, and lose what is gone", () => {
    const before = [task("a", { version: 3 }), task("b"), task("c")];
    const after = merged(before, [task("a", { version: 2, text: "old" }), task("b", { version: 2, text: "new" })], ["c"]);
    expect(after.map(({ id, text }) => [id, text]).sort()).toEqual([
      ["a", "a"],
      ["b", "new"],
    ]);
  });
});
