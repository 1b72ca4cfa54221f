import type { Answer } from "@/api/types";
import { count, duration, percent } from "@/shared/format";
import { Time } from "@/shared/time";
import { Card } from "@/shared/ui/card";
import { DataTable } from "@/shared/ui/data-table";
import type { Column } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/states";

type Metrics = Answer<"system.metrics">;
type Row = NonNullable<Metrics["handlers"]>[string] & { method: string };

const COLUMNS: readonly Column<Row>[] = [
  { name: "Method", cell: ({ method }) => <code className="text-xs">{method}</code>, by: ({ method }) => method },
  { name: "Calls", right: true, cell: ({ totalCalls }) => count(totalCalls), by: ({ totalCalls }) => totalCalls },
  {
    name: "Refused or failed",
    right: true,
    cell: ({ errorCount, totalCalls }) =>
      errorCount === 0 ? "0" : <span className="text-failed">{`${count(errorCount)} (${percent(errorCount / Math.max(1, totalCalls), 1)})`}</span>,
    by: ({ errorCount }) => errorCount,
  },
  { name: "On average", right: true, cell: ({ avgResponseTime }) => fine(avgResponseTime), by: ({ avgResponseTime }) => avgResponseTime },
  { name: "Last", right: true, cell: ({ lastCalled }) => (lastCalled == null ? "–" : <Time at={lastCalled} />), by: ({ lastCalled }) => lastCalled ?? "" },
];

/** Calls often take less than a millisecond. */
export const fine = (ms: number): string => (ms < 10 ? `${new Intl.NumberFormat(undefined, { maximumFractionDigits: ms < 1 ? 2 : 1 }).format(ms)} ms` : duration(ms));

/** How often each method was called, at the server that answers, since it started. */
export function Methods({ metrics }: { metrics: Metrics }) {
  const rows = Object.entries(metrics.handlers ?? {}).map(([method, handler]) => ({ ...handler, method }));
  return (
    <Card
      flush
      title={
        <>
          Calls by method <span className="ml-1 text-xs font-normal text-faint">of the server that answers, since it started</span>
        </>
      }
    >
      {rows.length === 0 ? <Empty title="Nothing was called yet" /> : <DataTable label="Calls by method" columns={COLUMNS} rows={rows} id={({ method }) => method} order="Calls" />}
    </Card>
  );
}
