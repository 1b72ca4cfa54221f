// How the queue stood while the page was open: a sample every few seconds, of the last hour at most.

import { useEffect, useSyncExternalStore } from "react";

import { useRead } from "@/api/query";
import { useStanding } from "@/api/session";
import type { Counts } from "@/api/types";

export const SAMPLE_MS = 5_000;
const LEAST_APART_MS = 2_000;
/** Further apart than that, nobody looked meanwhile. */
const GAP_MS = 30_000;
const MOST = 720;

export interface Sample {
  at: number;
  /** Null where nobody looked. */
  counts: Counts | null;
}

interface Held {
  reader: string;
  samples: readonly Sample[];
}

let held: Held = { reader: "", samples: [] };
const listeners = new Set<() => void>();

/** The samples with one more. */
export function withSample(samples: readonly Sample[], at: number, counts: Counts): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && at - last.at < LEAST_APART_MS) return samples;
  const gap = last !== undefined && at - last.at > GAP_MS ? [{ at: last.at + 1, counts: null }] : [];
  return [...samples, ...gap, { at, counts }].slice(-MOST);
}

function add(reader: string, at: number, counts: Counts) {
  const samples = withSample(held.reader === reader ? held.samples : [], at, counts);
  if (samples === held.samples) return;
  held = { reader, samples };
  for (const listener of listeners) listener();
}

/** What is there now, and how it came to be while the page was open. */
export function useSamples(enabled: boolean) {
  const standing = useStanding();
  const reader = standing.kind === "in" ? `${standing.who.tenant}\n${standing.who.name}` : "";
  const stats = useRead("task.stats", {}, { everyMs: SAMPLE_MS, enabled });
  const { data, dataUpdatedAt } = stats;
  useEffect(() => {
    if (data !== undefined) add(reader, dataUpdatedAt, data);
  }, [reader, data, dataUpdatedAt]);
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => held,
  );
  return { stats, samples: all.reader === reader ? all.samples : NONE };
}

/** How it stood at a time, or nearest before that. */
export const countsAt = (samples: readonly Sample[], at: number): Counts | undefined =>
  samples.findLast((sample) => sample.at <= at && sample.counts !== null)?.counts ?? samples.find(({ counts }) => counts !== null)?.counts ?? undefined;

const NONE: readonly Sample[] = [];
