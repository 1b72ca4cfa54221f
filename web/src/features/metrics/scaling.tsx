import { ArrowDown, ArrowUp, Equal } from "lucide-react";

import { useRead } from "@/api/query";
import { Failure } from "@/api/failure";
import type { Scaling } from "@/api/types";
import { cn } from "@/shared/cn";
import { count, duration, percent } from "@/shared/format";
import { Card } from "@/shared/ui/card";
import { DataTable } from "@/shared/ui/data-table";
import type { Column } from "@/shared/ui/data-table";
import { Empty, Failed, Loading } from "@/shared/ui/states";

import { fine } from "./methods";

type Window = Scaling["windows"][number];

const LOOKS = {
  up: { icon: ArrowUp, look: "bg-warn-soft text-warn" },
  down: { icon: ArrowDown, look: "bg-running-soft text-running" },
  stay: { icon: Equal, look: "bg-done-soft text-done" },
};

const servers = (many: number) => (many === 1 ? "1 server" : `${count(many)} servers`);

/** How many servers there should be, how calls went, and what each role has to do. Other tenants than `default` are not told. */
export function ScalingCards() {
  const read = useRead("system.scaling", {}, { everyMs: 5_000 });
  if (read.error instanceof Failure && read.error.code === "forbidden") return null;
  if (read.data === undefined) return <Card title="Servers">{read.isError ? <Failed error={read.error} onRetry={() => void read.refetch()} /> : <Loading rows={3} />}</Card>;
  return (
    <>
      <Advice scaling={read.data} />
      <RoleQueues scaling={read.data} />
    </>
  );
}

function Advice({ scaling }: { scaling: Scaling }) {
  const { advice } = scaling;
  const { icon: Icon, look } = LOOKS[advice.action as keyof typeof LOOKS] ?? LOOKS.stay;
  const title =
    advice.action === "stay" ? `Keep ${servers(advice.servers)}` : `${advice.action === "up" ? "Add" : "Take away"} servers: ${count(advice.servers)} are advised`;
  const columns: readonly Column<Window>[] = [
    { name: "Last", cell: ({ minutes }) => `${minutes} min`, className: "whitespace-nowrap" },
    { name: "Calls", right: true, cell: ({ calls }) => count(calls) },
    { name: "Failed", right: true, cell: ({ errors, errorRate }) => <span className={cn(errorRate > 0.05 && "text-failed")}>{errors === 0 ? "0" : `${count(errors)} (${percent(errorRate, 1)})`}</span> },
    { name: "Average", right: true, cell: ({ averageMs }) => fine(averageMs) },
    { name: "p95", right: true, cell: ({ p95Ms }) => (p95Ms == null ? "–" : duration(p95Ms)) },
  ];
  return (
    <Card title="How many servers" flush>
      <div className="flex gap-3 p-4">
        <span className={cn("flex size-9 shrink-0 items-center justify-center rounded-full", look)}>
          <Icon aria-hidden className="size-5" />
        </span>
        <div className="min-w-0">
          <p className="font-semibold">{title}</p>
          <ul className="mt-1 list-disc pl-4 text-soft">
            {advice.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
          <p className="mt-2 text-xs text-faint">
            {scaling.servers === 1 ? "1 server is there" : `${count(scaling.servers)} servers are there`}, unchanged for {duration(scaling.unchangedMs)}; {count(scaling.connections)} open connections;{" "}
            {count(Math.round(scaling.runningPerServer * 10) / 10)} running tasks for each.
          </p>
        </div>
      </div>
      <div className="border-t">
        <DataTable label="Calls in the last minutes, over all servers" columns={columns} rows={scaling.windows} id={({ minutes }) => String(minutes)} />
      </div>
    </Card>
  );
}

/** Longer lists say nothing more at a glance. */
const MOST_ROLES = 12;

function RoleQueues({ scaling }: { scaling: Scaling }) {
  const { queues } = scaling;
  const most = Math.max(1, ...queues.map(({ queued }) => queued));
  return (
    <Card title="Ready tasks by role" aside={<span className="text-xs text-faint">{count(scaling.queued)} in all</span>}>
      {queues.length === 0 ? (
        <Empty title="Nothing waits for a worker" className="p-4" />
      ) : (
        <ul className="flex flex-col gap-2.5">
          {queues.slice(0, MOST_ROLES).map(({ role, queued }) => (
            <li key={role ?? ""}>
              <div className="flex justify-between gap-3 text-sm">
                <span className={cn("truncate", role == null && "text-soft italic")}>{role ?? "anybody"}</span>
                <span className="tabular font-medium">{count(queued)}</span>
              </div>
              <div aria-hidden className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken">
                <div className="h-full rounded-full bg-accent" style={{ width: `${(queued / most) * 100}%` }} />
              </div>
            </li>
          ))}
        </ul>
      )}
      {queues.length > MOST_ROLES && <p className="mt-3 text-xs text-faint">and {count(queues.length - MOST_ROLES)} more roles</p>}
      {queues.length > 0 && <p className="mt-3 text-xs text-faint">A task of several roles counts for each of them.</p>}
    </Card>
  );
}
