import type { Counts } from "@/api/types";
import { cn } from "@/shared/cn";
import { count, percent } from "@/shared/format";

interface Part {
  name: string;
  value: number;
  fill: string;
}

const partsOf = (counts: Counts): Part[] =>
  [
    { name: "completed", value: counts.completed, fill: "bg-done" },
    { name: "in progress", value: counts.inProgress, fill: "bg-running" },
    { name: "ready", value: counts.ready, fill: "bg-accent/60" },
    { name: "scheduled", value: counts.scheduled, fill: "bg-warn/60" },
    { name: "blocked", value: counts.blocked, fill: "bg-strong" },
    { name: "failed", value: counts.failed, fill: "bg-failed" },
    { name: "cancelled", value: counts.cancelled, fill: "bg-cancelled/60" },
  ].filter(({ value }) => value > 0);

export const openOf = (counts: Counts): number => counts.pending + counts.inProgress;

/** What part of it is done; what was called off does not count. */
export const doneOf = (counts: Counts): number => (counts.total - counts.cancelled === 0 ? 0 : counts.completed / (counts.total - counts.cancelled));

/** How a project stands, at a glance. */
export function ProgressBar({ counts, legend = false, className }: { counts: Counts; legend?: boolean; className?: string }) {
  const parts = partsOf(counts);
  const told = parts.map(({ name, value }) => `${count(value)} ${name}`).join(", ");
  return (
    <div className={className}>
      <div role="img" aria-label={`${percent(doneOf(counts))} done: ${told}`} title={told} className="flex h-2.5 gap-px overflow-hidden rounded-full bg-sunken">
        {parts.map(({ name, value, fill }) => (
          // Even the smallest part is seen.
          <div key={name} className={cn("min-w-1 transition-[flex-grow]", fill)} style={{ flexGrow: value, flexBasis: 0 }} />
        ))}
      </div>
      {legend && (
        <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
          {parts.map(({ name, value, fill }) => (
            <li key={name} className="flex items-center gap-1.5">
              <span aria-hidden className={cn("size-2 rounded-full", fill)} />
              <span className="tabular font-medium text-ink">{count(value)}</span> {name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
