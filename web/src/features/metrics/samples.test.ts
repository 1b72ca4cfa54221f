import { expect, it } from "vitest";

import type { Counts } from "@/api/types";

import { countsAt, withSample } from "./samples";
import type { Sample } from "./samples";

const counts = (ready: number): Counts => ({ total: ready, pending: ready, inProgress: 0, completed: 0, failed: 0, cancelled: 0, ready, scheduled: 0, blocked: 0, dead: 0 });

it("samples are apart, end with a gap where nobody looked, and are of an hour at most", () => {
  let samples: readonly Sample[] = withSample([], 0, counts(1));
  expect(withSample(samples, 1_000, counts(2))).toBe(samples);
  samples = withSample(samples, 5_000, counts(2));
  samples = withSample(samples, 65_000, counts(3));
  expect(samples.map(({ at, counts }) => [at, counts?.ready ?? null])).toEqual([[0, 1], [5_000, 2], [5_001, null], [65_000, 3]]);
  expect(countsAt(samples, 64_000)?.ready).toBe(2);
  expect(countsAt(samples, -1)?.ready).toBe(1);
  for (let at = 70_000; at < 6_000_000; at += 5_000) samples = withSample(samples, at, counts(4));
  expect(samples).toHaveLength(720);
});
