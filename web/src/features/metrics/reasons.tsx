// Why attempts and tasks failed.

import type { Answer } from "@/api/types";
import { count, percent } from "@/shared/format";
import { Card } from "@/shared/ui/card";
import { DataTable } from "@/shared/ui/data-table";
import type { Column } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/states";

type Reason = Answer<"analytics.failures">["totals"][number];

const NAMES: Record<string, string> = {
  error: "An error",
  invalid_input: "The task itself was wrong",
  refused: "The worker would not do it",
  timeout: "It took too long",
  rate_limited: "A provider allowed no more calls",
  unavailable: "Something could not be reached",
  crashed: "The worker's process broke",
  lease_expired: "The lease ended",
  deadline_exceeded: "The deadline had passed",
  instance_failed: "The worker was not heard of",
  other: "Moved to failed by hand",
};

const all = ({ attempts, tasks }: Reason) => attempts + tasks;

const columns = (sum: number): Column<Reason>[] => [
  {
    name: "Reason",
    cell: ({ reason }) => (
      <>
        {NAMES[reason] ?? reason} <code className="ml-1 text-xs text-faint max-sm:hidden">{reason}</code>
      </>
    ),
    by: ({ reason }) => NAMES[reason] ?? reason,
  },
  { name: "Attempts", right: true, cell: ({ attempts }) => count(attempts), by: ({ attempts }) => attempts },
  { name: "For good", right: true, cell: ({ tasks }) => (tasks === 0 ? "0" : <span className="text-failed">{count(tasks)}</span>), by: ({ tasks }) => tasks },
  {
    name: "Of all",
    right: true,
    className: "w-40",
    cell: (reason) => (
      <span className="flex items-center justify-end gap-2">
        <span aria-hidden className="h-1.5 w-16 overflow-hidden rounded-full bg-sunken max-sm:hidden">
          <span className="block h-full rounded-full bg-failed" style={{ width: percent(all(reason) / sum) }} />
        </span>
        {percent(all(reason) / sum)}
      </span>
    ),
    by: all,
  },
];

/** The reasons of a range, most failures first. */
export function Reasons({ found }: { found: Answer<"analytics.failures"> }) {
  const sum = found.totals.reduce((so, reason) => so + all(reason), 0);
  return (
    <Card
      flush
      title={
        <>
          Failures by reason <span className="ml-1 text-xs font-normal text-faint">attempts that are tried again, and tasks that failed for good</span>
        </>
      }
    >
      {sum === 0 ? <Empty title="Nothing failed in this time" /> : <DataTable label="Failures by reason" columns={columns(sum)} rows={found.totals} id={({ reason }) => reason} order="Of all" />}
    </Card>
  );
}
