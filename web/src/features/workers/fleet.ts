// All that is known of each worker, put together.

import type { Answer, Session, Task } from "@/api/types";
import { millis } from "@/shared/format";

import type { Instance } from "./instances";
import type { Sort, WorkersSearch, WorkerState } from "./search";
import { STATES } from "./search";

export type Figures = Answer<"analytics.workers">["workers"][number];

export interface LastError {
  text: string;
  at: number;
  taskId: string | undefined;
}

export interface Worker {
  id: string;
  roles: readonly string[];
  state: WorkerState;
  registeredAt: string;
  lastSeen: number;
  metadata: Readonly<Record<string, unknown>>;
  holds: readonly Task[];
  /** It may hold more than is listed. */
  leases: number;
  today: Figures | undefined;
  lastError: LastError | undefined;
  session: Session | undefined;
}

/** A worker that is not heard of for so long is silent: it is given up after 30 seconds by default. */
const SILENT_MS = 20_000;
/** An agent says something only when it does something. */
const AGENT_SILENT_MS = 15 * 60_000;

export interface Known {
  instances: readonly Instance[];
  tasks: readonly Task[];
  figures: readonly Figures[];
  sessions: readonly Session[];
  draining: ReadonlySet<string>;
  errors: ReadonlyMap<string, LastError>;
}

export function fleet({ instances, tasks, figures, sessions, draining, errors }: Known, now: number): Worker[] {
  const held = new Map<string, Task[]>();
  for (const task of tasks) {
    const worker = task.lease?.workerId ?? task.assignedTo;
    if (worker == null) continue;
    const those = held.get(worker);
    if (those === undefined) held.set(worker, [task]);
    else those.push(task);
  }
  const today = new Map(figures.map((one) => [one.workerId, one]));
  const open = new Map<string, Session>();
  // The one that was heard of last comes first; one that goes on is told rather than one that has ended.
  for (const session of sessions) {
    const before = open.get(session.instanceId);
    if (before === undefined || (before.endedAt != null && session.endedAt == null)) open.set(session.instanceId, session);
  }
  return instances.map((instance) => {
    const { id, roles, registeredAt, metadata } = instance;
    const holds = held.get(id) ?? [];
    const leases = Math.max(instance.leases ?? 0, holds.length);
    const session = open.get(id);
    const seen = millis(instance.lastSeen);
    const silence = session !== undefined && session.endedAt == null ? AGENT_SILENT_MS : SILENT_MS;
    const state = !instance.online ? "gone" : draining.has(id) ? "draining" : now - seen > silence ? "silent" : leases > 0 ? "working" : "idle";
    return { id, roles, state, registeredAt, lastSeen: seen, metadata, holds, leases, today: today.get(id), lastError: errors.get(id), session };
  });
}

const byName = (a: Worker, b: Worker) => a.id.localeCompare(b.id, undefined, { numeric: true });

const ORDERS: Record<Sort, (a: Worker, b: Worker) => number> = {
  name: byName,
  state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state),
  heard: (a, b) => b.lastSeen - a.lastSeen,
  holds: (a, b) => b.leases - a.leases,
  completed: (a, b) => (b.today?.completed ?? 0) - (a.today?.completed ?? 0),
  failed: (a, b) => (b.today?.failed ?? 0) + (b.today?.lost ?? 0) - (a.today?.failed ?? 0) - (a.today?.lost ?? 0),
};

/** Those that are asked for, in the order that is asked for. */
export function chosen(workers: readonly Worker[], { role, state, q, sort = "state" }: WorkersSearch): Worker[] {
  const words = (q ?? "").toLowerCase().split(/\s+/).filter((word) => word !== "");
  return workers
    .filter((worker) => (role === undefined || worker.roles.includes(role)) && (state === undefined || worker.state === state))
    .filter((worker) => {
      if (words.length === 0) return true;
      const text = `${worker.id} ${worker.roles.join(" ")} ${JSON.stringify(worker.metadata)} ${worker.holds.map((task) => task.text).join(" ")}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => ORDERS[sort](a, b) || byName(a, b));
}
