// Ranges of time, in buckets that the server keeps figures of for as long, and for as long again before.

export const RANGE_IDS = ["5m", "1h", "6h", "24h", "7d", "30d", "1y"] as const;
export type RangeId = (typeof RANGE_IDS)[number];
export type Bucket = "minute" | "hour" | "day";

export interface Range {
  id: RangeId;
  /** The last .. */
  name: string;
  bucket: Bucket;
  /** So many buckets that are over; the one that goes on comes on top. */
  whole: number;
  /** It is read anew so often. */
  everyMs: number;
}

export const STEP_MS: Record<Bucket, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export const RANGES: Record<RangeId, Range> = {
  "5m": { id: "5m", name: "5 minutes", bucket: "minute", whole: 5, everyMs: 3_000 },
  "1h": { id: "1h", name: "hour", bucket: "minute", whole: 60, everyMs: 5_000 },
  "6h": { id: "6h", name: "6 hours", bucket: "minute", whole: 360, everyMs: 15_000 },
  "24h": { id: "24h", name: "24 hours", bucket: "hour", whole: 24, everyMs: 30_000 },
  "7d": { id: "7d", name: "7 days", bucket: "hour", whole: 168, everyMs: 60_000 },
  "30d": { id: "30d", name: "30 days", bucket: "day", whole: 30, everyMs: 300_000 },
  "1y": { id: "1y", name: "year", bucket: "day", whole: 365, everyMs: 300_000 },
};

/** Where a range begins whose last bucket goes on at `now`. */
export function beginOf(range: Range, now: number): number {
  const step = STEP_MS[range.bucket];
  return (Math.floor(now / step) - range.whole) * step;
}

interface Spans {
  from: string;
  to: string;
  lost: readonly { from: string; to: string }[];
}

/** The beginnings of all buckets of an answer. */
export function bucketTimes(found: Spans, bucket: Bucket): number[] {
  const [from, to, step] = [Date.parse(found.from), Date.parse(found.to), STEP_MS[bucket]];
  return Array.from({ length: Math.max(0, Math.round((to - from) / step)) }, (_, place) => from + place * step);
}

const isLost = (at: number, step: number, lost: Spans["lost"]): boolean =>
  lost.some(({ from, to }) => Date.parse(from) < at + step && Date.parse(to) > at);

/**
 * Values for all times: of buckets that the server left out it is zero, as nothing happened; where nothing was counted,
 * it is not known.
 */
export function filled<B extends { at: string }>(
  times: readonly number[],
  buckets: readonly B[],
  value: (bucket: B) => number | null | undefined,
  { lost, bucket, none }: { lost: Spans["lost"]; bucket: Bucket; none: 0 | null },
): (number | null)[] {
  const known = new Map(buckets.map((one) => [Date.parse(one.at), one]));
  return times.map((at) => {
    const found = known.get(at);
    if (found !== undefined) return value(found) ?? null;
    return isLost(at, STEP_MS[bucket], lost) ? null : none;
  });
}

export interface Flow {
  at: string;
  created: number;
  retried: number;
  completed: number;
  failed: number;
  cancelled: number;
}

/**
 * How many tasks were open at the end of each bucket, reckoned back from how many are now: what came and what ended is known.
 * Before a time that was not counted, it is not.
 */
export function openBack(times: readonly number[], flows: readonly Flow[], openNow: number, lost: Spans["lost"], bucket: Bucket): (number | null)[] {
  const known = new Map(flows.map((flow) => [Date.parse(flow.at), flow]));
  const values: (number | null)[] = Array.from({ length: times.length }, () => null);
  let open = openNow;
  for (let place = times.length - 1; place >= 0; place--) {
    const at = times[place] ?? 0;
    values[place] = Math.max(0, open);
    if (isLost(at, STEP_MS[bucket], lost)) break;
    const flow = known.get(at);
    if (flow !== undefined) open -= flow.created + flow.retried - flow.completed - flow.failed - flow.cancelled;
  }
  return values;
}

/** How much more or less it is than before, as a part; nothing if there was nothing. */
export const change = (now: number, before: number): number | undefined => (before > 0 ? now / before - 1 : undefined);
