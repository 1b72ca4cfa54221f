import { useMemo } from "react";

import { ChartCard } from "@/shared/chart/chart";
import type { Line, Tone } from "@/shared/chart/types";
import { brief } from "@/shared/format";

import type { Sample } from "./samples";

const PARTS = [
  { name: "Ready", field: "ready", tone: "accent", fill: true },
  { name: "In progress", field: "inProgress", tone: "running", fill: false },
  { name: "Blocked", field: "blocked", tone: "cancelled", fill: false },
  { name: "Scheduled", field: "scheduled", tone: "pending", fill: false },
] as const satisfies readonly { name: string; field: string; tone: Tone; fill: boolean }[];

/** Before there is much, it is not drawn as if it were. */
const LEAST_MS = 5 * 60_000;

/** The queue as it stood while the page was open. */
export function QueueNow({ samples }: { samples: readonly Sample[] }) {
  const drawn = useMemo(
    () => ({
      times: samples.map(({ at }) => at),
      lines: PARTS.map(({ name, field, tone, fill }): Line => ({ name, tone, fill, values: samples.map(({ counts }) => counts?.[field] ?? null) })),
    }),
    [samples],
  );
  return <ChartCard title="Queue" about="live, since this page was opened" {...drawn} say={brief} leastMs={LEAST_MS} />;
}
