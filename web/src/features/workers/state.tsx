import { cn } from "@/shared/cn";

import type { WorkerState } from "./search";

export const STATE_NAMES: Record<WorkerState, string> = { working: "Working", idle: "Idle", draining: "Draining", silent: "Silent", gone: "Gone" };

export const STATE_ABOUT: Record<WorkerState, string> = {
  working: "It holds tasks.",
  idle: "It is there and holds nothing.",
  draining: "It gets no more tasks; what it holds goes on.",
  silent: "It was not heard of for longer than usual.",
  gone: "It was given up, or has left: what it held went back.",
};

const LOOKS: Record<WorkerState, [badge: string, dot: string]> = {
  working: ["bg-running-soft text-running", "bg-running"],
  idle: ["bg-done-soft text-done", "bg-done"],
  draining: ["bg-cancelled-soft text-cancelled", "bg-cancelled"],
  silent: ["bg-warn-soft text-warn", "bg-warn"],
  gone: ["bg-pending-soft text-pending", "bg-strong"],
};

export function StateDot({ state }: { state: WorkerState }) {
  return <span aria-hidden className={cn("size-2 shrink-0 rounded-full", LOOKS[state][1])} />;
}

export function StateBadge({ state }: { state: WorkerState }) {
  return (
    <span title={STATE_ABOUT[state]} className={cn("inline-flex items-center gap-1.5 justify-self-start rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap", LOOKS[state][0])}>
      <StateDot state={state} />
      {STATE_NAMES[state]}
    </span>
  );
}
