import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Live } from "./live";
import { follow, isTouched } from "./query";
import type { Event } from "./types";

const event = (type: string, taskId?: string): Event => ({ id: "1", type, taskId, actor: "a", metadata: {}, payload: {}, timestamp: 0 }) as unknown as Event;

test("events touch the reads of their domain, and of their task alone", () => {
  const touched = (key: unknown[], ...events: Event[]) => isTouched(key, events);
  expect(touched(["task.list", {}], event("task.created", "t-1"))).toBe(true);
  expect(touched(["task.get", { id: "t-1" }], event("task.updated", "t-1"))).toBe(true);
  expect(touched(["task.get", { id: "t-1" }], event("task.updated", "t-2"))).toBe(false);
  expect(touched(["task.history", { taskId: "t-1" }], event("task.updated", "t-1"))).toBe(true);
  expect(touched(["task.explain", { id: "t-1" }], event("task.completed", "t-2")), "it may have waited for that one").toBe(true);
  expect(touched(["task.list", {}], event("instance.registered"))).toBe(false);
  expect(touched(["queue.list", {}], event("queue.paused"))).toBe(true);
  expect(touched(["key.list", {}], event("unknown.domain"))).toBe(false);
});

let tell: (events: Event[]) => void;
let reset: () => void;
let queries: QueryClient;
let begin: () => Promise<void>;
let shown: () => unknown;
let stop: () => void;
let reads: number;
let unwatch: (() => void) | undefined;
/** Holds the answers of reads back. */
let hold: Promise<void> | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  reads = 0;
  hold = undefined;
  queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const observer = new QueryObserver(queries, {
    queryKey: ["task.list", {}],
    queryFn: async () => {
      reads += 1;
      const answer = reads;
      await hold;
      return answer;
    },
  });
  shown = () => observer.getCurrentResult().data;
  begin = async () => {
    unwatch = observer.subscribe(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
  };
  stop = follow(
    {
      freshness: { kind: "live" },
      onEvents: (listener: typeof tell) => {
        tell = listener;
        return () => undefined;
      },
      onReset: (listener: typeof reset) => {
        reset = listener;
        return () => undefined;
      },
    } as unknown as Live,
    queries,
  );
});

afterEach(() => {
  unwatch?.();
  stop();
  vi.useRealTimers();
});

test("the first event is acted on at once, those after it together", async () => {
  await begin();
  expect(reads).toBe(1);
  tell([event("task.created", "t-1")]);
  await vi.advanceTimersByTimeAsync(10);
  expect(reads).toBe(2);
  for (let n = 0; n < 100; n += 1) tell([event("task.updated", "t-1")]);
  await vi.advanceTimersByTimeAsync(50);
  expect(reads, "it rests").toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reads).toBe(3);
  reset();
  await vi.advanceTimersByTimeAsync(10);
  expect(reads).toBe(4);
});

test.each([
  ["an event", () => tell([event("task.created", "t-1")])],
  ["a gap", () => reset()],
])("what is being read for the first time is read again after %s", async (_, happen) => {
  let answer = () => undefined as void;
  hold = new Promise((resolve) => (answer = resolve));
  await begin();
  expect(reads).toBe(1);
  happen();
  await vi.advanceTimersByTimeAsync(10);
  expect(reads, "the first is still on its way").toBe(1);
  hold = undefined;
  answer();
  await vi.advanceTimersByTimeAsync(10);
  expect(shown(), "the answer of after it").toBe(2);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads, "and only once").toBe(2);
});

test("a read whose answer does not come holds up no other", async () => {
  let others = 0;
  const other = new QueryObserver(queries, {
    queryKey: ["task.stats", {}],
    queryFn: async () => {
      others += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return others;
    },
  });
  const unwatchOther = other.subscribe(() => undefined);
  hold = new Promise(() => undefined);
  await begin();
  tell([event("task.created", "t-1")]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(others, "both were on their way").toBe(2);
  tell([event("task.created", "t-1")]);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(others).toBe(3);
  expect(reads, "it is still on its way").toBe(1);
  unwatchOther();
});
