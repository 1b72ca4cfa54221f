// The server that answers: its memory, calls, cache, and what it depends on.

import type { ReactNode } from "react";

import { useRead } from "@/api/query";
import type { Answer, Health } from "@/api/types";
import { cn } from "@/shared/cn";
import { brief, bytes, count, duration, percent } from "@/shared/format";
import { Time } from "@/shared/time";
import { Card } from "@/shared/ui/card";

import { fine } from "./methods";
import { gauge, useGauges } from "./prometheus";
import type { Gauge } from "./prometheus";

type Metrics = Answer<"system.metrics">;

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 py-1.5">
      <dt className="text-soft">{name}</dt>
      <dd className="tabular min-w-0 text-right font-medium">{children}</dd>
    </div>
  );
}

const Rows = ({ children }: { children: ReactNode }) => <dl className="-my-1.5 divide-y">{children}</dl>;

export function ServerCards({ metrics, tenant }: { metrics: Metrics; tenant: string }) {
  const gauges = useGauges(tenant === "default").data ?? [];
  const health = useRead("system.health", {}, { everyMs: 5_000 });
  return (
    <>
      <Process metrics={metrics} gauges={gauges} />
      <Cache metrics={metrics} gauges={gauges} />
      {health.data !== undefined && <Needs health={health.data} gauges={gauges} />}
    </>
  );
}

/** A claim takes as long as there is no work: that says nothing of the server. */
const WAIT: readonly string[] = ["task.claim"];

/** How long a call took that does not wait, if there was one. */
function averageOf({ handlers = {} }: Metrics): number | undefined {
  const answered = Object.entries(handlers).filter(([method]) => !WAIT.includes(method));
  const calls = answered.reduce((sum, [, { totalCalls }]) => sum + totalCalls, 0);
  const took = answered.reduce((sum, [, { totalCalls, avgResponseTime }]) => sum + totalCalls * avgResponseTime, 0);
  return calls === 0 ? undefined : took / calls;
}

function Process({ metrics, gauges }: { metrics: Metrics; gauges: readonly Gauge[] }) {
  const { circuitBreaker: calls, current } = metrics;
  const [connections, sockets, cpu] = [gauge(gauges, "http_connections"), gauge(gauges, "websockets"), gauge(gauges, "process_cpu_seconds_total")];
  const refused = gauge(gauges, "rate_limits", "refused");
  const average = averageOf(metrics);
  return (
    <Card title="Server" aside={<span className="text-xs text-faint">the one that answers</span>}>
      <Rows>
        {current !== undefined && (
          <Row name="Started">
            <Time at={current.metricsStartTime} />
          </Row>
        )}
        <Row name="Memory">{bytes(metrics.memoryUsage * 1_000_000)}</Row>
        {cpu !== undefined && <Row name="Processor time">{duration(cpu * 1_000)}</Row>}
        {average !== undefined && (
          <Row name="A call, on average">
            {fine(average)} <span className="font-normal text-faint">without claims, which wait</span>
          </Row>
        )}
        {calls !== undefined && (
          <Row name="Calls that succeeded">
            {percent(calls.successRate / 100, 1)} <span className="font-normal text-faint">of {brief(calls.totalSuccesses + calls.totalFailures)}</span>
          </Row>
        )}
        <Row name="Events written">{brief(metrics.eventsProcessed)}</Row>
        {connections !== undefined && (
          <Row name="Open connections">
            {count(connections)}
            {sockets !== undefined && <span className="font-normal text-faint"> ({count(sockets)} live streams)</span>}
          </Row>
        )}
        {refused !== undefined && <Row name="Refused by the rates">{brief(refused)}</Row>}
      </Rows>
    </Card>
  );
}

const LAYERS = [
  { figure: "memory", name: "Memory of the server", look: "bg-done" },
  { figure: "redis", name: "Redis", look: "bg-running" },
  { figure: "persistent", name: "Redis that keeps", look: "bg-accent" },
  { figure: "joined", name: "A read under way", look: "bg-cancelled" },
  { figure: "store", name: "The store", look: "bg-strong" },
];

/** Who answered reads of tasks: all but the store are hits. */
function Cache({ metrics: { cache }, gauges }: { metrics: Metrics; gauges: readonly Gauge[] }) {
  const layers = LAYERS.map((layer) => ({ ...layer, reads: gauge(gauges, "cache", layer.figure) ?? 0 }));
  const all = layers.reduce((sum, { reads }) => sum + reads, 0);
  const [entries, size] = [gauge(gauges, "cache", "entries"), gauge(gauges, "cache", "bytes")];
  const reads = cache === undefined ? 0 : cache.hits + cache.misses;
  return (
    <Card title="Cache of tasks" aside={cache?.hitRate != null && <span className="text-xs text-faint">{percent(cache.hitRate / 100, 1)} hits</span>}>
      {all > 0 && (
        <>
          <div aria-hidden className="mb-2 flex h-2 overflow-hidden rounded-full bg-sunken">
            {layers.map(({ figure, look, reads: some }) => some > 0 && <div key={figure} className={look} style={{ width: `${(some / all) * 100}%` }} />)}
          </div>
          <Rows>
            {layers.map(({ figure, name, look, reads: some }) => (
              <Row key={figure} name={name}>
                <span aria-hidden className={cn("mr-2 inline-block size-2 rounded-full", look)} />
                {brief(some)} <span className="font-normal text-faint">{percent(some / all, 1)}</span>
              </Row>
            ))}
            {entries !== undefined && size !== undefined && (
              <Row name="Kept in memory">
                {brief(entries)} <span className="font-normal text-faint">tasks, {bytes(size)}</span>
              </Row>
            )}
          </Rows>
        </>
      )}
      {all === 0 && cache !== undefined && (
        <Rows>
          <Row name="Hits">{brief(cache.hits)}</Row>
          <Row name="Read from the store">{brief(cache.misses)}</Row>
          <Row name="Hit rate">{reads === 0 || cache.hitRate == null ? "no reads yet" : percent(cache.hitRate / 100, 1)}</Row>
        </Rows>
      )}
    </Card>
  );
}

const BREAKER = ["works", "is being tried", "is not called"];

/** What the server depends on, and whether it is called. */
function Needs({ health, gauges }: { health: Health; gauges: readonly Gauge[] }) {
  const breakers = gauges.filter(({ name }) => name === "circuit_breaker_state");
  const failed = gauge(gauges, "redis", "failed");
  const calls = gauge(gauges, "redis", "calls");
  return (
    <Card title="What it needs">
      <Rows>
        <Row name="Store">
          <State good={health.services.postgres} well="works" bad="cannot be used" />
        </Row>
        <Row name="Coordination">
          <State good={health.services.redis} well="works" bad="cannot be reached" />
        </Row>
        {calls !== undefined && calls > 0 && (
          <Row name="Calls of Redis">
            {brief(calls)} {failed !== undefined && <span className={failed > 0 ? "text-failed" : "font-normal text-faint"}>{brief(failed)} failed</span>}
          </Row>
        )}
        {health.clusters?.map(({ name, reached }) => (
          <Row key={name} name={`Redis ${name}`}>
            <State good={reached} well="reached" bad="away" />
          </Row>
        ))}
        {health.replicas?.map(({ name, lagMs, lagging, serves }) => (
          <Row key={name} name={`Replica ${name}`}>
            <State good={serves && !lagging} well={lagMs == null ? "serves" : `${duration(lagMs)} behind`} bad={lagMs == null ? "never reached" : `${duration(lagMs)} behind, not read from`} />
          </Row>
        ))}
        {breakers.map(({ labels, value }) => (
          <Row key={labels["name"] ?? ""} name={`Circuit breaker ${labels["name"] ?? ""}`}>
            <State good={value === 0} well="closed: works" bad={`${value === 1 ? "half open" : "open"}: ${BREAKER[value] ?? ""}`} />
          </Row>
        ))}
        {breakers.length === 0 && <Row name="Circuit breakers"><span className="font-normal text-faint">none in use</span></Row>}
      </Rows>
    </Card>
  );
}

function State({ good, well, bad }: { good: boolean; well: string; bad: string }) {
  return (
    <span className={cn("inline-flex items-center gap-1.5", good ? "text-done" : "text-failed")}>
      <span aria-hidden className={cn("size-2 rounded-full", good ? "bg-done" : "bg-failed")} />
      {good ? well : bad}
    </span>
  );
}
