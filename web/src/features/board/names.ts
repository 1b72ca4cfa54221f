// The names that tasks and workers have: offered in filters and forms, and what lanes are made of.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";

import { call } from "@/api/call";
import { live } from "@/api/live";
import { client } from "@/api/query";
import { useMay } from "@/api/session";
import type { Event, Task } from "@/api/types";

/** So many tasks are looked at for tags and roles: the newest, those in progress, and those that wait longest. */
const LOOKED_AT = 200;
/** So many projects and workers are offered. */
const OFFERED = 1_000;
const EVERY_MS = 30_000;
/** New names are looked for so soon at the earliest. */
const SOONEST_MS = 2_000;

export interface Names {
  projects: string[];
  roles: string[];
  tags: string[];
  workers: string[];
}

export const NO_NAMES: Names = { projects: [], roles: [], tags: [], workers: [] };

const sorted = (names: Iterable<string>) => [...new Set(names)].sort((a, b) => a.localeCompare(b));

/** What tasks name, in order. */
export const namesOf = (tasks: readonly Task[], more: Partial<Names> = {}): Names => ({
  projects: sorted([...tasks.flatMap(({ project }) => project ?? []), ...(more.projects ?? [])]),
  roles: sorted([...tasks.flatMap(({ roles }) => roles ?? []), ...(more.roles ?? [])]),
  tags: sorted(tasks.flatMap(({ tags }) => tags ?? [])),
  workers: sorted([...tasks.flatMap(({ assignedTo, status }) => (status === "in_progress" || status === "pending" ? (assignedTo ?? []) : [])), ...(more.workers ?? [])]),
});

async function read(system: boolean): Promise<Names> {
  const [newest, held, oldest, { projects }, { instances }] = await Promise.all([
    call("task.list", { limit: LOOKED_AT }),
    call("task.list", { status: "in_progress", limit: LOOKED_AT }),
    call("task.list", { status: "pending", order: "asc", limit: LOOKED_AT }),
    call("project.list", { limit: OFFERED }),
    // Who may not read of workers still sees those that hold tasks.
    system ? call("system.instances", { online: true, limit: OFFERED }) : { instances: [] },
  ]);
  return namesOf([...newest.tasks, ...held.tasks, ...oldest.tasks], {
    projects: projects.map(({ name }) => name),
    workers: instances.map(({ id }) => id),
    roles: instances.flatMap(({ roles }) => roles),
  });
}

/** Names to choose from: not all that there ever were, but those that are about. */
export function useNames(enabled = true): { names: Names; ready: boolean } {
  const system = useMay("system:read");
  const found = useQuery({
    queryKey: ["board.names", system],
    queryFn: () => read(system),
    enabled,
    refetchInterval: EVERY_MS,
    staleTime: EVERY_MS,
  });
  const names = found.data ?? NO_NAMES;
  useNews(names, found.dataUpdatedAt, enabled);
  return { names, ready: !found.isPending };
}

/** A project or worker that was not there before is looked for at once. */
function useNews(names: Names, readAt: number, enabled: boolean) {
  const look = useEffectEvent((events: readonly Event[]) => {
    const news = events.some(({ type, project }) => (project != null && !names.projects.includes(project)) || type === "instance.registered");
    if (news && Date.now() - readAt > SOONEST_MS) void client.invalidateQueries({ queryKey: ["board.names"] }, { cancelRefetch: false });
  });
  useEffect(() => (enabled ? live.onEvents((events) => look(events)) : undefined), [enabled]);
}
