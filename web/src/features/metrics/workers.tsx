import { Link } from "@tanstack/react-router";

import { useMay } from "@/api/session";
import { pointTime } from "@/shared/chart/scale";
import { count, duration, percent } from "@/shared/format";
import { Time } from "@/shared/time";
import { Card } from "@/shared/ui/card";
import { DataTable } from "@/shared/ui/data-table";
import type { Column } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/states";

import type { Figures } from "./use-range";

type Found = NonNullable<Figures["workers"]["data"]>;
const DAY_MS = 86_400_000;

type Worker = Found["workers"][number];

const COLUMNS: readonly Column<Worker>[] = [
  { name: "Worker", cell: ({ workerId }) => <span className="block max-w-56 truncate font-mono text-xs" title={workerId}>{workerId}</span>, by: ({ workerId }) => workerId },
  { name: "Completed", right: true, cell: ({ completed }) => count(completed), by: ({ completed }) => completed },
  { name: "Failed", right: true, cell: ({ failed }) => <Bad value={failed} />, by: ({ failed }) => failed },
  { name: "Given back", right: true, cell: ({ returned }) => count(returned), by: ({ returned }) => returned },
  { name: "Lost", right: true, cell: ({ lost }) => <Bad value={lost} />, by: ({ lost }) => lost },
  { name: "Success", right: true, cell: (one) => success(one) ?? "–", by: ({ completed, failed }) => completed / Math.max(1, completed + failed) },
  { name: "On average", right: true, cell: ({ averageMs }) => (averageMs == null ? "–" : duration(averageMs)), by: ({ averageMs }) => averageMs ?? 0 },
  { name: "Last", right: true, cell: ({ lastAt }) => (lastAt == null ? "–" : <Time at={lastAt} />), by: ({ lastAt }) => lastAt ?? "" },
];

const success = ({ completed, failed }: Worker) => (completed + failed > 0 ? percent(completed / (completed + failed)) : undefined);

const Bad = ({ value }: { value: number }) => <span className={value > 0 ? "text-failed" : undefined}>{count(value)}</span>;

/** What each worker did. It is known by whole days alone. */
export function TopWorkers({ found }: { found: Found }) {
  const maySee = useMay("system:read");
  const days = `whole days in UTC, since ${pointTime(Date.parse(found.from), DAY_MS, true)}`;
  return (
    <Card
      flush
      title={
        <>
          Workers <span className="ml-1 text-xs font-normal text-faint">{days}</span>
        </>
      }
      aside={
        maySee && (
          <Link to="/workers" className="text-xs text-accent hover:underline">
            Who is there now
          </Link>
        )
      }
    >
      {found.workers.length === 0 ? (
        <Empty title="No worker did anything in this time" />
      ) : (
        <DataTable label="Workers, those that completed most first" columns={COLUMNS} rows={found.workers} id={({ workerId }) => workerId} order="Completed" />
      )}
      {found.total > found.workers.length && (
        <p className="border-t px-4 py-2 text-xs text-faint">
          {count(found.workers.length)} of {count(found.total)} workers are listed.
        </p>
      )}
    </Card>
  );
}
