// How much gets done, and how long the rest takes if that goes on. What cannot be known is not guessed.

export type Estimate =
  | { kind: "done" }
  | { kind: "unknown" }
  | {
      kind: "about";
      ms: number;
      /** What it is drawn from. */
      done: number;
      within: "hour" | "day";
    };

export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** From fewer nothing is told. */
const ENOUGH = 5;
/** Nor from a shorter time. */
const SHORTEST_MS = 60_000;

export const within = (times: readonly number[], now: number, ms: number): number => times.filter((at) => at > now - ms && at <= now).length;

function from(open: number, times: readonly number[], now: number, window: number, name: "hour" | "day"): Estimate | undefined {
  const inside = times.filter((at) => at > now - window && at <= now);
  if (inside.length < ENOUGH) return undefined;
  // Where nothing was done before, the time before the first one says nothing.
  const begun = inside.length < times.length;
  const span = begun ? window : now - Math.min(...inside);
  if (span < SHORTEST_MS) return undefined;
  return { kind: "about", ms: (open / inside.length) * span, done: inside.length, within: name };
}

/** How long what is open takes, from when other tasks of the project were completed. */
export function estimate(open: number, times: readonly number[], now: number): Estimate {
  if (open === 0) return { kind: "done" };
  return from(open, times, now, HOUR, "hour") ?? from(open, times, now, DAY, "day") ?? { kind: "unknown" };
}

/** How many were completed in each of so many spans of equal length up to now, the oldest first. */
export function perSpan(times: readonly number[], now: number, spans: number, ms: number): number[] {
  const counts = new Array<number>(spans).fill(0);
  for (const at of times) {
    const place = spans - 1 - Math.floor((now - at) / ms);
    const before = counts[place];
    if (before !== undefined) counts[place] = before + 1;
  }
  return counts;
}
