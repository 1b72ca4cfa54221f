// The instances that are registered, as far as a page shows them, and what is done with one.

import { call } from "@/api/call";
import type { Answer, Pause } from "@/api/types";

type Told = Answer<"system.instances">["instances"][number];

export type Instance = Omit<Told, "metadata"> & { metadata: Readonly<Record<string, unknown>> };

export interface Instances {
  instances: Instance[];
  /** There are more than are shown. */
  more: boolean;
}

const PAGE = 200;
/** So many are shown. */
export const MOST = 1_000;

export async function instances(signal?: AbortSignal): Promise<Instances> {
  const options = signal === undefined ? {} : { signal };
  const all: Instance[] = [];
  let after: string | undefined;
  do {
    const page = await call("system.instances", { limit: PAGE, ...(after === undefined ? {} : { after }) }, options);
    all.push(...page.instances.map((told) => ({ ...told, metadata: told.metadata ?? {} })));
    after = page.nextCursor ?? undefined;
  } while (after !== undefined && all.length < MOST);
  return { instances: all, more: after !== undefined };
}

/** The worker that a pause is of. */
export const pausedWorker = ({ scope }: Pause): string | undefined => (typeof scope === "object" && "worker" in scope ? scope.worker : undefined);

/** Gives a worker no more tasks; what it holds goes on. */
export const drain = (worker: string) => call("queue.pause", { worker, reason: "drained" });

export const undrain = (worker: string) => call("queue.resume", { worker });
