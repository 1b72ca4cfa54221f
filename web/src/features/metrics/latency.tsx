import { useMemo } from "react";

import { ChartCard } from "@/shared/chart/chart";
import type { Line, Tone } from "@/shared/chart/types";
import { brief, duration } from "@/shared/format";

import { filled } from "./ranges";
import { axisOf } from "./use-range";
import type { TimesFound } from "./use-range";

const PARTS = [
  { name: "p50", field: "p50Ms", tone: "running" },
  { name: "p95", field: "p95Ms", tone: "warn" },
  { name: "p99", field: "p99Ms", tone: "failed" },
] as const satisfies readonly { name: string; field: string; tone: Tone }[];

/** Of whole seconds there is nothing behind the point. */
const span = (ms: number) => duration(ms).replace(/\.0(?= s$)/, "");

const ABOUT = {
  waiting: { title: "Waiting", about: "from its creation to a task's first claim" },
  working: { title: "Working", about: "from the claim to the end" },
};

/** How long it took: where nothing was claimed or ended there is a gap. */
export function Latency({ found, which }: { found: TimesFound; which: "waiting" | "working" }) {
  const drawn = useMemo(() => {
    const axis = axisOf(found);
    const lines = PARTS.map(({ name, field, tone }): Line => ({
      name,
      tone,
      values: filled(axis.times, found.buckets, (bucket) => (bucket[which].count > 0 ? bucket[which][field] : null), {
        lost: found.lost,
        bucket: found.bucket,
        none: null,
      }),
    }));
    return { ...axis, lines };
  }, [found, which]);
  const { count, averageMs, p50Ms, p95Ms, p99Ms } = found.totals[which];
  const say = (ms: number | null | undefined) => (ms == null ? "–" : duration(ms));
  const note =
    count === 0
      ? "Nothing in this time."
      : `${brief(count)} in all: ${say(averageMs)} on average, half of them within ${say(p50Ms)}, 95 % within ${say(p95Ms)}, 99 % within ${say(p99Ms)}.`;
  return <ChartCard {...ABOUT[which]} {...drawn} say={span} unit="ms" note={note} />;
}
