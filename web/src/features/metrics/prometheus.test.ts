import { expect, it } from "vitest";

import { gauge, parseGauges } from "./prometheus";

it("takes what is shown out of what Prometheus reads", () => {
  const gauges = parseGauges(`# HELP claudebench_cache Reads of tasks
# TYPE claudebench_cache gauge
claudebench_cache{figure="memory"} 12
claudebench_circuit_breaker_state{name="redis:ea\\"st"} 2
claudebench_http_request_duration_seconds_bucket{route="/rpc",le="+Inf"} 9
claudebench_process_resident_memory_bytes 53280768
claudebench_cache{figure="redis"} NaN
`);
  expect(gauge(gauges, "cache", "memory")).toBe(12);
  expect(gauge(gauges, "cache", "redis")).toBeUndefined();
  expect(gauge(gauges, "process_resident_memory_bytes")).toBe(53_280_768);
  expect(gauges.find(({ name }) => name === "circuit_breaker_state")?.labels["name"]).toBe('redis:ea"st');
  expect(gauges).toHaveLength(3);
});
