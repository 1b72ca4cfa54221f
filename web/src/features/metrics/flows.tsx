// What went through, what failed, and how much was open.

import { useMemo } from "react";

import type { Counts } from "@/api/types";
import { ChartCard } from "@/shared/chart/chart";
import type { Line, Tone } from "@/shared/chart/types";
import { brief, count, percent } from "@/shared/format";

import { filled, openBack } from "./ranges";
import { axisOf } from "./use-range";
import type { FlowsFound } from "./use-range";

type FlowName = Exclude<keyof FlowsFound["buckets"][number], "at">;

interface FlowLine {
  flow: FlowName;
  name: string;
  tone: Tone;
  look?: "dotted";
  fill?: boolean;
}

const THROUGH: readonly FlowLine[] = [
  { flow: "created", name: "Created", tone: "pending" },
  { flow: "started", name: "Started", tone: "running" },
  { flow: "completed", name: "Completed", tone: "done", fill: true },
  { flow: "failed", name: "Failed", tone: "failed" },
  { flow: "cancelled", name: "Cancelled", tone: "cancelled", look: "dotted" },
  { flow: "returned", name: "Given back", tone: "warn", look: "dotted" },
];

const FAILURES: readonly FlowLine[] = [
  { flow: "failed", name: "Failed for good", tone: "failed", fill: true },
  { flow: "returned", name: "Attempts given back", tone: "warn" },
  { flow: "retried", name: "Put back after the end", tone: "accent", look: "dotted" },
];

function valuesOf(found: FlowsFound, flow: FlowName, times: readonly number[]) {
  return filled(times, found.buckets, (bucket) => bucket[flow], { lost: found.lost, bucket: found.bucket, none: 0 });
}

/** The lines of a range, and of the time before it where that is asked for: the same buckets, moved on. */
function linesOf(found: FlowsFound, of: readonly FlowLine[], before: FlowsFound | undefined): Line[] {
  const { times, stepMs } = axisOf(found);
  const lines: Line[] = of.map(({ flow, name, tone, look, fill }) => ({
    name,
    tone,
    values: valuesOf(found, flow, times),
    ...(look === undefined ? {} : { look }),
    ...(fill === undefined ? {} : { fill }),
  }));
  if (before === undefined || before.bucket !== found.bucket) return lines;
  const away = Date.parse(found.from) - Date.parse(before.from);
  const then = times.map((at) => at - away);
  const end = Date.parse(before.to) + stepMs;
  return [
    ...lines,
    ...of.slice(0, 3).map(({ flow, name, tone }): Line => ({
      name: `${name} before`,
      tone,
      look: "dashed",
      values: valuesOf(before, flow, then).map((value, place) => ((then[place] ?? end) + stepMs < end ? value : null)),
    })),
  ];
}

export function Throughput({ found, before }: { found: FlowsFound; before: FlowsFound | undefined }) {
  const drawn = useMemo(() => ({ ...axisOf(found), lines: linesOf(found, THROUGH, before) }), [found, before]);
  return <ChartCard title="Throughput" about={`tasks per ${found.bucket}`} {...drawn} say={brief} off={["Cancelled", "Started before"]} />;
}

export function Failures({ found }: { found: FlowsFound }) {
  const drawn = useMemo(() => ({ ...axisOf(found), lines: linesOf(found, FAILURES, undefined) }), [found]);
  const { failed, completed, returned, started, retried } = found.totals;
  const parts = [
    failed + completed > 0 ? `${percent(failed / (failed + completed), 1)} of the tasks that ended had failed` : "no task ended",
    started > 0 ? `${percent(Math.min(1, returned / started), 1)} of the attempts were given back, lost or failed on the way` : "",
    retried > 0 ? `${count(retried)} put back after their end` : "",
  ];
  return <ChartCard title="Failures" about={`tasks per ${found.bucket}`} {...drawn} say={brief} note={`${parts.filter((part) => part !== "").join("; ")}.`} />;
}

export function OpenTasks({ found, stats }: { found: FlowsFound; stats: Counts }) {
  const open = stats.pending + stats.inProgress;
  const drawn = useMemo(() => {
    const axis = axisOf(found);
    const lines: Line[] = [{ name: "Open", tone: "accent", fill: true, values: openBack(axis.times, found.buckets, open, found.lost, found.bucket) }];
    return { ...axis, lines };
  }, [found, open]);
  return (
    <ChartCard
      title="Open tasks"
      about={`at the end of each ${found.bucket}`}
      {...drawn}
      say={brief}
      note="Pending and in progress, reckoned back from now by what came and what ended. Tasks that were deleted while they were open are missing."
    />
  );
}
