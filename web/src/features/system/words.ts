// How the server is, in words, and what to do.

import type { Health, PauseScope } from "@/api/types";
import { duration } from "@/shared/format";

export interface Part {
  name: string;
  state: "good" | "warn" | "bad";
  says: string;
  todo?: string;
}

export const OVERALL: Record<Health["status"], { title: string; about: string; state: Part["state"] }> = {
  healthy: { title: "All is well", about: "The server takes work, and everything that it needs can be reached.", state: "good" },
  degraded: { title: "It goes on, with less", about: "The server takes work, but something that it needs cannot be used.", state: "warn" },
  unhealthy: { title: "It takes no work", about: "Calls that write are refused until this is mended. What was acknowledged is kept.", state: "bad" },
};

/** Each part, the ones that are wrong first. */
export function partsOf(health: Health): Part[] {
  const { services } = health;
  const parts: Part[] = [
    services.postgres
      ? { name: "Store", state: "good", says: "Tasks and events can be read and written." }
      : { name: "Store", state: "bad", says: "It cannot be used.", todo: "Run claudebench doctor at the server: it names the cause. With a full disk, free some space; a damaged database is replaced by a backup (claudebench restore)." },
    services.redis
      ? { name: "Coordination", state: "good", says: "Presence, rates and live events are shared." }
      : { name: "Coordination", state: "warn", says: "Redis cannot be reached. Calls go on: each server gives out its part of the rates, and reads events from the database.", todo: "See whether Redis runs and can be reached from the server. It is tried again every second, and nothing has to be restarted." },
    services.mcp
      ? { name: "MCP", state: "good", says: "Agents can connect." }
      : { name: "MCP", state: "warn", says: "It is not served.", todo: "Agents that use MCP cannot connect. Look into the server's log." },
    ...(health.clusters ?? []).map(({ name, reached }): Part =>
      reached
        ? { name: `Redis ${name}`, state: "good", says: "It is reached." }
        : { name: `Redis ${name}`, state: "warn", says: "It is away: what lies there is done without it.", todo: "See whether its nodes run. It is used again as soon as it answers." },
    ),
    ...(health.replicas ?? []).map(replica),
  ];
  const order = { bad: 0, warn: 1, good: 2 };
  return parts.sort((one, other) => order[one.state] - order[other.state]);
}

function replica({ name, lagMs, lagging, serves, problem }: NonNullable<Health["replicas"]>[number]): Part {
  const behind = lagMs == null ? "It was never reached" : `It is ${duration(lagMs)} behind`;
  if (serves && !lagging) return { name: `Replica ${name}`, state: "good", says: `${behind}, and reads go there.` };
  return {
    name: `Replica ${name}`,
    state: "warn",
    says: `${[behind, problem ?? ""].filter((part) => part !== "").join(": ")}. Reads go to the primary meanwhile.`,
    todo: "See whether it runs and follows the primary. It is used again when it has caught up.",
  };
}

/** What a pause holds back. */
export function scopeWords(scope: PauseScope): string {
  if (scope === "all") return "All tasks";
  if ("project" in scope) return `Project ${scope.project}`;
  if ("role" in scope) return `Role ${scope.role}`;
  if ("worker" in scope) return `Worker ${scope.worker}`;
  return `Tag ${scope.tag}`;
}

/** The same as `queue.resume` takes it. */
export const scopeParams = (scope: PauseScope) => (scope === "all" ? { all: true } : scope);

/** A setting or a value as it is shown. */
export const shownValue = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
