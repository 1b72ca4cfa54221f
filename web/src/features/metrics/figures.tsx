// What stands at the top: the queue as it is, and what the range came to.

import type { ReactNode } from "react";

import type { Counts } from "@/api/types";
import { brief, count, duration, percent } from "@/shared/format";
import { Figure } from "@/shared/ui/card";
import { Skeleton } from "@/shared/ui/states";

import { change, STEP_MS } from "./ranges";
import type { Range } from "./ranges";
import type { Figures, FlowsFound, TimesFound } from "./use-range";

type Flow = "created" | "completed" | "failed" | "returned";

/** Of buckets that are over alone, so that as much time is compared. */
const whole = ({ to, bucket, buckets, totals }: FlowsFound, flow: Flow): number => {
  const open = Date.parse(to) - STEP_MS[bucket];
  return totals[flow] - (buckets.find(({ at }) => Date.parse(at) >= open)?.[flow] ?? 0);
};

/** What it came to in the time before, and how much more or less that is. */
function Change({ now, before, than }: { now: number; before: number; than: string }) {
  const part = change(now, before);
  const sign = part === undefined || Math.abs(part) < 0.005 ? "±" : part > 0 ? "+" : "−";
  return <span title={`In the ${than} before`}>{part === undefined ? "none before" : `${brief(before)} before, ${sign}${percent(Math.abs(part))}`}</span>;
}

export function TopFigures({ stats, figures, range }: { stats: Counts | undefined; figures: Figures; range: Range }) {
  const [flows, before] = [figures.flows.data, figures.flowsBefore.data];
  const [times, timesBefore] = [figures.times.data, figures.timesBefore.data];
  const than = range.name;
  const flow = (which: Flow): ReactNode => flows && before && <Change now={whole(flows, which)} before={before.totals[which]} than={than} />;
  const ended = flows ? flows.totals.completed + flows.totals.failed : 0;
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure label="Ready now" value={stats ? count(stats.ready) : <Wait />} note={stats && <Oldest stats={stats} />} />
      <Figure label="In progress now" value={stats ? count(stats.inProgress) : <Wait />} note={stats && (stats.pending > stats.ready ? `${count(stats.pending - stats.ready)} wait for something` : "nothing is held back")} />
      <Figure label="Created" value={flows ? brief(flows.totals.created) : <Wait />} note={flow("created")} />
      <Figure label="Completed" value={flows ? brief(flows.totals.completed) : <Wait />} note={flow("completed")} />
      <Figure
        label="Failed for good"
        value={flows ? brief(flows.totals.failed) : <Wait />}
        note={flows && (ended === 0 ? "nothing ended" : `${percent(flows.totals.failed / ended, 1)} of what ended`)}
        {...(flows && flows.totals.failed > 0 ? { tone: "failed" as const } : {})}
      />
      <Figure label="Attempts given back" value={flows ? brief(flows.totals.returned) : <Wait />} note={flow("returned")} />
      <Figure label="Waiting, p95" value={<P95 found={times} which="waiting" />} note={<P95Before found={timesBefore} which="waiting" than={than} />} />
      <Figure label="Working, p95" value={<P95 found={times} which="working" />} note={<P95Before found={timesBefore} which="working" than={than} />} />
    </div>
  );
}

const Wait = () => <Skeleton className="my-1.5 h-6 w-16" />;

function Oldest({ stats }: { stats: Counts }) {
  return <>{stats.oldestReadyAgeMs == null ? "nothing waits for a worker" : `the oldest for ${duration(stats.oldestReadyAgeMs)}`}</>;
}

function P95({ found, which }: { found: TimesFound | undefined; which: "waiting" | "working" }) {
  if (found === undefined) return <Wait />;
  const ms = found.totals[which].p95Ms;
  return <>{ms == null ? "–" : duration(ms)}</>;
}

function P95Before({ found, which, than }: { found: TimesFound | undefined; which: "waiting" | "working"; than: string }) {
  if (found === undefined) return null;
  const ms = found.totals[which].p95Ms;
  return <span title={`In the ${than} before`}>{ms == null ? "none before" : `${duration(ms)} before`}</span>;
}
