// The figures of a range of time, and of the time as long before it.

import { useSyncExternalStore } from "react";

import { useRead } from "@/api/query";

import { beginOf, bucketTimes, STEP_MS } from "./ranges";
import type { Range } from "./ranges";

const everySecond = (listener: () => void) => {
  const timer = setInterval(listener, 1_000);
  return () => clearInterval(timer);
};

/** Where the range begins; it moves on with each bucket that is over. */
const useBegin = (range: Range): number => useSyncExternalStore(everySecond, () => beginOf(range, Date.now()));

const iso = (at: number) => new Date(at).toISOString();

export function useFigures(range: Range, enabled: boolean) {
  const { bucket, everyMs } = range;
  const begin = useBegin(range);
  const now = { bucket, from: iso(begin) };
  const before = { bucket, from: iso(begin - range.whole * STEP_MS[bucket]), to: iso(begin) };
  const options = { enabled, everyMs, keep: true };
  return {
    begin,
    flows: useRead("analytics.throughput", now, options),
    times: useRead("analytics.latency", now, options),
    failures: useRead("analytics.failures", now, options),
    // What is over changes no more, but for the last second of it.
    flowsBefore: useRead("analytics.throughput", before, { enabled, keep: true }),
    timesBefore: useRead("analytics.latency", before, { enabled, keep: true }),
    workers: useRead("analytics.workers", { from: iso(begin), limit: 50 }, options),
  };
}

export type Figures = ReturnType<typeof useFigures>;
export type FlowsFound = NonNullable<Figures["flows"]["data"]>;
export type TimesFound = NonNullable<Figures["times"]["data"]>;

/** The times of an answer's buckets, and which of them nothing is known of. */
export function axisOf(found: FlowsFound | TimesFound) {
  const shaded = found.lost.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to), text: "not counted" }));
  return { times: bucketTimes(found, found.bucket), stepMs: STEP_MS[found.bucket], utc: found.bucket === "day", shaded, open: true, sync: "figures" };
}
