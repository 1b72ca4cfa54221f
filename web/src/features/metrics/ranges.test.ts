import { describe, expect, it } from "vitest";

import { beginOf, bucketTimes, change, filled, openBack, RANGES } from "./ranges";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
const found = (lost: { from: string; to: string }[] = []) => ({ from: at(0), to: at(5), lost });
const times = bucketTimes(found(), "minute");

describe("a range", () => {
  it("begins with a bucket", () => {
    expect(beginOf(RANGES["5m"], Date.parse(at(7)) + 1_234)).toBe(Date.parse(at(2)));
    expect(beginOf(RANGES["24h"], Date.parse(at(7)))).toBe(Date.UTC(2025, 11, 31, 12));
    expect(beginOf(RANGES["1y"], Date.parse(at(7)))).toBe(Date.UTC(2025, 0, 1));
  });

  it("has all its buckets", () => {
    expect(times).toEqual([0, 1, 2, 3, 4].map((minute) => Date.parse(at(minute))));
  });

  it("is compared with what was before", () => {
    expect(change(3, 2)).toBe(0.5);
    expect(change(3, 0)).toBeUndefined();
  });
});

describe("buckets that are left out", () => {
  const buckets = [{ at: at(1), count: 4 }];
  const of = (one: { count: number }) => one.count;

  it("are zero, as nothing happened", () => {
    expect(filled(times, buckets, of, { lost: [], bucket: "minute", none: 0 })).toEqual([0, 4, 0, 0, 0]);
    expect(filled(times, buckets, of, { lost: [], bucket: "minute", none: null })).toEqual([null, 4, null, null, null]);
  });

  it("are not known where nothing was counted", () => {
    const lost = [{ from: at(2), to: at(4) }];
    expect(filled(times, buckets, of, { lost, bucket: "minute", none: 0 })).toEqual([0, 4, null, null, 0]);
  });
});

describe("open tasks", () => {
  const flow = (minute: number, created: number, completed: number) => ({ at: at(minute), created, completed, retried: 0, failed: 0, cancelled: 0 });

  it("are reckoned back from now", () => {
    expect(openBack(times, [flow(1, 5, 0), flow(3, 0, 2)], 3, [], "minute")).toEqual([0, 5, 5, 3, 3]);
  });

  it("are not known before a time that was not counted", () => {
    expect(openBack(times, [flow(1, 5, 0), flow(3, 0, 2)], 3, [{ from: at(2), to: at(3) }], "minute")).toEqual([null, null, 5, 3, 3]);
  });
});
