import { expect, test } from "vitest";

import type { Session, Task } from "@/api/types";

import { chosen, fleet } from "./fleet";
import type { Known } from "./fleet";
import type { Instance } from "./instances";

const NOW = 1_000_000;
const instance = (id: string, more: Partial<Instance> = {}): Instance => ({ id, roles: ["build"], online: true, registeredAt: "2026-01-01T00:00:00Z", lastSeen: new Date(NOW - 1_000).toISOString(), leases: 0, metadata: {}, ...more });
const held = (id: string, workerId: string) => ({ id, text: `Task ${id}`, lease: { workerId, expiresAt: "2026-01-01T00:00:00Z", fence: 1, attempt: 1 } }) as Task;
const known = (instances: Instance[], more: Partial<Known> = {}): Known => ({ instances, tasks: [], figures: [], sessions: [], draining: new Set(), errors: new Map(), ...more });
const session = (sessionId: string, instanceId: string, more: Partial<Session> = {}) => ({ sessionId, instanceId, ...more }) as Session;

test("where each stands", () => {
  const all = fleet(
    known([instance("works"), instance("idle"), instance("silent", { lastSeen: new Date(NOW - 25_000).toISOString() }), instance("gone", { online: false }), instance("drained"), instance("told", { leases: 3 })], {
      tasks: [held("t-1", "works"), held("t-2", "drained")],
      draining: new Set(["drained"]),
    }),
    NOW,
  );
  expect(all.map(({ id, state }) => [id, state])).toEqual([
    ["works", "working"],
    ["idle", "idle"],
    ["silent", "silent"],
    ["gone", "gone"],
    ["drained", "draining"],
    ["told", "working"],
  ]);
});

test("an agent may be still for as long as it thinks", () => {
  const quiet = instance("ada", { lastSeen: new Date(NOW - 60_000).toISOString() });
  const [open] = fleet(known([quiet], { sessions: [session("s-2", "ada", { endedAt: "2026-01-01T00:00:00Z" }), session("s-1", "ada")] }), NOW);
  expect([open?.state, open?.session?.sessionId]).toEqual(["idle", "s-1"]);
  const [ended] = fleet(known([quiet], { sessions: [session("s-2", "ada", { endedAt: "2026-01-01T00:00:00Z" })] }), NOW);
  expect(ended?.state).toBe("silent");
});

test("they are filtered and sorted", () => {
  const all = fleet(known([instance("w-10"), instance("w-9", { roles: ["test"], metadata: { host: "Alpha" } }), instance("w-1")], { tasks: [held("t-1", "w-10"), held("t-2", "w-10")] }), NOW);
  const names = (search: Parameters<typeof chosen>[1]) => chosen(all, search).map(({ id }) => id);
  expect(names({})).toEqual(["w-10", "w-1", "w-9"]);
  expect(names({ sort: "name" })).toEqual(["w-1", "w-9", "w-10"]);
  expect(names({ sort: "holds" })[0]).toBe("w-10");
  expect(names({ role: "test" })).toEqual(["w-9"]);
  expect(names({ state: "working" })).toEqual(["w-10"]);
  expect(names({ q: "alpha" })).toEqual(["w-9"]);
  expect(names({ q: "task t-1" })).toEqual(["w-10"]);
});
