import { beforeEach, expect, test, vi } from "vitest";

import type { Event } from "@/api/types";

import { EventLog } from "./log";
import type { LogLimits, LogSource } from "./log";
import type { Filter } from "./match";

const event = (id: number, more: Partial<Event> = {}): Event => ({ id: String(id), type: "task.created", payload: { text: `Task ${id}` }, metadata: {}, timestamp: id, actor: "ada", ...more });
const some = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => event(from + place));

/** A log of so many events, the last of which is the newest. */
function made(many: number, filter: Filter = {}, limits: Partial<LogLimits> = {}, cut = false) {
  let hear: (events: Event[]) => void = () => undefined;
  let reset: () => void = () => undefined;
  const held = some(1, many);
  const page = vi.fn((after: string | undefined, limit: number) => {
    const before = held.filter(({ id }) => after === undefined || Number(id) < Number(after)).toReversed();
    const events = before.slice(0, limit);
    return Promise.resolve({ events, next: events.at(-1)?.id ?? "0", hasMore: before.length > limit });
  });
  const source: LogSource = {
    page,
    isCut: () => Promise.resolve(cut),
    live: {
      onEvents: (listener) => {
        hear = listener;
        return () => undefined;
      },
      onReset: (listener) => {
        reset = listener;
        return () => undefined;
      },
    },
  };
  const log = new EventLog(filter, { page: 10, most: 50, atOnce: 10, everyMs: 250, ...limits }, source);
  return { log, page, held, come: (events: Event[]) => hear(events), reset: () => reset(), stop: log.start() };
}

const ids = (log: EventLog) => log.state.events.map(({ id }) => Number(id));
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

test("it begins with the newest, and goes back to where the log begins", async () => {
  const { log } = made(15);
  await settle();
  expect(ids(log)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6]);
  expect(log.state.before).toBe("more");
  log.older();
  await settle();
  expect(ids(log).at(-1)).toBe(1);
  expect(log.state.before).toBe("none");
});

test("it says when what was before is gone", async () => {
  const { log } = made(5, {}, {}, true);
  await settle();
  expect(log.state.before).toBe("gone");
});

test("what comes live is taken in once, a few times a second", async () => {
  const { log, come } = made(3);
  await settle();
  const seen = vi.fn();
  log.watch(seen);
  come([event(3), event(4)]);
  come([event(5)]);
  expect(ids(log)).toEqual([3, 2, 1]);
  await vi.advanceTimersByTimeAsync(250);
  expect(ids(log)).toEqual([5, 4, 3, 2, 1]);
  expect(seen).toHaveBeenCalledTimes(1);
});

test("what comes while the newest are read is not lost and not doubled", async () => {
  const { log, come } = made(3);
  come([event(3), event(4)]);
  await settle();
  expect(ids(log)).toEqual([4, 3, 2, 1]);
});

test("of more than can be read, every so many-th is shown, and that is said", async () => {
  const { log, come } = made(0);
  await settle();
  come(some(1, 80));
  await vi.advanceTimersByTimeAsync(250);
  expect(ids(log)).toEqual([80, 72, 64, 56, 48, 40, 32, 24, 16, 8]);
  expect(log.state).toMatchObject({ sample: 8, leftOut: 70 });
  // What comes next does not wait until it is calm.
  come(some(81, 90));
  await vi.advanceTimersByTimeAsync(250);
  expect(ids(log)[0]).toBe(90);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(log.state).toMatchObject({ sample: 1, leftOut: 70 });
  log.read();
  await settle();
  expect(log.state.leftOut).toBe(0);
});

test("so many come that not all can wait: the numbers stay right", async () => {
  const { log, come } = made(0);
  await settle();
  for (let from = 1; from <= 20_000; from += 1_000) come(some(from, from + 999));
  await vi.advanceTimersByTimeAsync(250);
  expect(log.state.events.length).toBeLessThanOrEqual(10);
  expect(log.state.leftOut + log.state.events.length).toBe(20_000);
});

test("it holds no more than it may; what falls off the end can be read again", async () => {
  const { log, come, held } = made(40, {}, { atOnce: 100, page: 40 });
  await settle();
  const fresh = some(41, 80);
  held.push(...fresh);
  come(fresh);
  await vi.advanceTimersByTimeAsync(250);
  expect(ids(log)).toHaveLength(50);
  expect([ids(log)[0], ids(log).at(-1)]).toEqual([80, 31]);
  expect(log.state.before).toBe("more");
  log.older();
  await settle();
  // Who goes back so far looks at the past: it stops, and the newest give way.
  expect([ids(log)[0], ids(log).at(-1)]).toEqual([50, 1]);
  expect(log.state.paused).toBe(true);
  log.resume();
  await settle();
  expect(ids(log)[0]).toBe(80);
});

test("paused, it counts; then it goes on where it was", async () => {
  const { log, come } = made(2);
  await settle();
  log.pause();
  come(some(3, 5));
  await vi.advanceTimersByTimeAsync(250);
  expect(ids(log)).toEqual([2, 1]);
  expect(log.state.waiting).toBe(3);
  log.resume();
  expect(ids(log)).toEqual([5, 4, 3, 2, 1]);
  expect(log.state).toMatchObject({ paused: false, waiting: 0, leftOut: 0 });
});

test("after a gap in the stream, all is read anew; paused, when it goes on", async () => {
  const { log, page, reset } = made(2);
  await settle();
  reset();
  await settle();
  expect(page).toHaveBeenCalledTimes(2);
  log.pause();
  reset();
  await settle();
  expect(page).toHaveBeenCalledTimes(2);
  log.resume();
  await settle();
  expect(page).toHaveBeenCalledTimes(3);
});

test("what the server does not look for is looked for some pages back, and no further", async () => {
  const { log, page } = made(10_000, { actor: "bob" }, { page: 500 });
  await settle();
  expect(page).toHaveBeenCalledTimes(5);
  expect(log.state).toMatchObject({ events: [], before: "more", lookedBackTo: 7_501 });
  log.older();
  await settle();
  expect(log.state.lookedBackTo).toBe(5_001);
});

test("what could not be read is told, and can be tried again", async () => {
  const { log, page } = made(3);
  page.mockRejectedValueOnce(new Error("away"));
  log.read();
  await settle();
  expect(log.state).toMatchObject({ loading: false, error: new Error("away") });
  log.read();
  await settle();
  expect(log.state.error).toBeUndefined();
  expect(ids(log)).toEqual([3, 2, 1]);
});
