import { useNavigate, useSearch } from "@tanstack/react-router";
import { History } from "lucide-react";
import type { ReactNode } from "react";

import { useRead } from "@/api/query";
import { useMay, useStanding } from "@/api/session";
import { useCommands } from "@/app/commands";
import { useShortcuts } from "@/shared/keys";
import { Page } from "@/shared/page";
import { Button } from "@/shared/ui/button";
import { Card } from "@/shared/ui/card";
import { Failed, Loading } from "@/shared/ui/states";

import { TopFigures } from "./figures";
import { Failures, OpenTasks, Throughput } from "./flows";
import { Latency } from "./latency";
import { Methods } from "./methods";
import { QueueNow } from "./queue-now";
import { RangePicker } from "./range-picker";
import { RANGE_IDS, RANGES } from "./ranges";
import type { RangeId } from "./ranges";
import { countsAt, useSamples } from "./samples";
import { Reasons } from "./reasons";
import { ScalingCards } from "./scaling";
import { metricsSearch } from "./search";
import type { MetricsSearch } from "./search";
import { ServerCards } from "./server";
import { Told } from "./told";
import { useFigures } from "./use-range";
import { TopWorkers } from "./workers";

const USUAL: RangeId = "1h";
/** So much later than they happen events are in the figures. */
const COUNTED_MS = 1_000;

export default function MetricsPage(): ReactNode {
  // The router leaves in what was found to make no sense.
  const search = metricsSearch({ ...useSearch({ from: "/metrics" }) });
  const navigate = useNavigate();
  const range = search.range ?? USUAL;
  const before = search.before === "shown";
  const mayTasks = useMay("tasks:read");
  const maySystem = useMay("system:read");
  const show = (next: RangeId, past: boolean) => {
    const wanted: MetricsSearch = { ...(next === USUAL ? {} : { range: next }), ...(past ? { before: "shown" } : {}) };
    void navigate({ to: "/metrics", search: wanted, replace: true });
  };
  const step = (by: number) => {
    const next = RANGE_IDS[RANGE_IDS.indexOf(range) + by];
    if (next !== undefined) show(next, before);
  };
  useShortcuts([
    { keys: "[", does: "A shorter time", group: "Metrics", run: () => step(-1) },
    { keys: "]", does: "A longer time", group: "Metrics", run: () => step(1) },
    { keys: "c", does: "Compare with the time before", group: "Metrics", run: () => show(range, !before) },
  ]);
  useCommands(RANGE_IDS.map((id) => ({ name: `Metrics: the last ${RANGES[id].name}`, run: () => show(id, before) })));
  return (
    <Page
      title="Metrics"
      actions={
        mayTasks && (
          <div className="flex w-full flex-wrap items-center justify-between gap-2 sm:w-auto">
            <Button size="small" aria-pressed={before} look={before ? "primary" : "plain"} onClick={() => show(range, !before)}>
              <History aria-hidden />
              Compare
            </Button>
            <RangePicker value={range} onChange={(next) => show(next, before)} />
          </div>
        )
      }
    >
      {mayTasks && <OfTasks range={range} before={before} />}
      {maySystem && <OfServers />}
    </Page>
  );
}

/** What became of tasks. */
function OfTasks({ range: id, before }: { range: RangeId; before: boolean }) {
  const range = RANGES[id];
  const figures = useFigures(range, true);
  const { stats, samples } = useSamples(true);
  const { flows, times, failures, workers } = figures;
  return (
    <>
      <Told found={flows.data} />
      <TopFigures stats={stats.data} figures={figures} range={range} />
      {flows.data === undefined ? (
        <Card>{flows.isError ? <Failed error={flows.error} onRetry={() => void flows.refetch()} /> : <Loading />}</Card>
      ) : (
        <div className="grid gap-3 xl:grid-cols-2">
          <Throughput found={flows.data} before={before ? figures.flowsBefore.data : undefined} />
          <Failures found={flows.data} />
          <QueueNow samples={samples} />
          {stats.data !== undefined && <OpenTasks found={flows.data} stats={countsAt(samples, flows.dataUpdatedAt - COUNTED_MS) ?? stats.data} />}
          {times.data !== undefined && <Latency found={times.data} which="waiting" />}
          {times.data !== undefined && <Latency found={times.data} which="working" />}
          {times.isError && times.data === undefined && <Failed error={times.error} onRetry={() => void times.refetch()} />}
        </div>
      )}
      {failures.data !== undefined && <Reasons found={failures.data} />}
      {failures.isError && failures.data === undefined && <Failed error={failures.error} onRetry={() => void failures.refetch()} />}
      {workers.data !== undefined && <TopWorkers found={workers.data} />}
    </>
  );
}

/** How the servers are. */
function OfServers() {
  const standing = useStanding();
  const metrics = useRead("system.metrics", { detailed: true }, { everyMs: 5_000 });
  const tenant = standing.kind === "in" ? standing.who.tenant : "";
  return (
    <>
      <div className="grid gap-3 lg:grid-cols-2">
        <ScalingCards />
      </div>
      {metrics.data === undefined ? (
        <Card title="Server">{metrics.isError ? <Failed error={metrics.error} onRetry={() => void metrics.refetch()} /> : <Loading rows={3} />}</Card>
      ) : (
        <>
          <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
            <ServerCards metrics={metrics.data} tenant={tenant} />
          </div>
          <Methods metrics={metrics.data} />
        </>
      )}
    </>
  );
}
