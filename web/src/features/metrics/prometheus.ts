// What only `/metrics` says: it is text as Prometheus reads it. The few figures that are shown are taken out of it.

import { useQuery } from "@tanstack/react-query";

import { ask } from "@/api/call";

const WANTED = ["cache", "circuit_breaker_state", "redis", "redis_cluster", "rate_limits", "process_resident_memory_bytes", "process_cpu_seconds_total", "http_connections", "http_requests_in_flight", "websockets"];

export interface Gauge {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

const LINE = /^claudebench_([a-z_]+)(?:\{(.*)\})? (\S+)$/;

/** The figures that are wanted. */
export function parseGauges(text: string): Gauge[] {
  const gauges: Gauge[] = [];
  for (const line of text.split("\n")) {
    const [, name = "", inside = "", value = ""] = LINE.exec(line) ?? [];
    if (!WANTED.includes(name)) continue;
    const labels = Object.fromEntries([...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", text = ""]) => [key, text.replaceAll(/\\(.)/g, "$1")]));
    const figure = Number(value);
    if (Number.isFinite(figure)) gauges.push({ name, labels, value: figure });
  }
  return gauges;
}

/** One figure, by its name and its label `figure`. */
export const gauge = (gauges: readonly Gauge[], name: string, figure?: string): number | undefined =>
  gauges.find((one) => one.name === name && (figure === undefined || one.labels["figure"] === figure))?.value;

/** What the server that answers says to Prometheus. Keys of other tenants than `default` may not see it. */
export const useGauges = (enabled: boolean) =>
  useQuery({
    queryKey: ["/metrics"],
    queryFn: async ({ signal }) => parseGauges(await (await ask("/metrics", { signal })).text()),
    enabled,
    refetchInterval: 10_000,
  });
