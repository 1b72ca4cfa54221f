import { Ban, Check, CircleHelp, PenLine, TriangleAlert } from "lucide-react";

import { cn } from "@/shared/cn";

import type { Decision } from "./search";

export const DECISION_NAMES: Record<Decision, string> = { deny: "Denied", ask: "Asked", modify: "Changed", warn: "Warned", allow: "Allowed" };

export const DECISION_ABOUT: Record<Decision, string> = {
  deny: "The call did not run; the agent was told why.",
  ask: "A person was asked.",
  modify: "The call was changed before it ran.",
  warn: "The call ran, with a warning for the agent.",
  allow: "The call ran.",
};

const LOOKS: Record<Decision, string> = {
  deny: "bg-failed-soft text-failed",
  ask: "bg-warn-soft text-warn",
  modify: "bg-accent-soft text-accent",
  warn: "bg-cancelled-soft text-cancelled",
  allow: "bg-done-soft text-done",
};

const ICONS: Record<Decision, typeof Ban> = { deny: Ban, ask: CircleHelp, modify: PenLine, warn: TriangleAlert, allow: Check };

export function DecisionIcon({ decision, className }: { decision: Decision; className?: string }) {
  const Icon = ICONS[decision];
  return <Icon aria-hidden className={cn("size-3.5 shrink-0", LOOKS[decision].split(" ")[1], className)} />;
}

const ACTION_NAMES: Record<Decision, string> = { deny: "Deny", ask: "Ask", modify: "Change", warn: "Warn", allow: "Allow" };

/** What was decided; or, of a rule, what it wants. */
export function DecisionBadge({ decision, ofRule = false }: { decision: Decision; ofRule?: boolean }) {
  const Icon = ICONS[decision];
  return (
    <span title={ofRule ? undefined : DECISION_ABOUT[decision]} className={cn("inline-flex shrink-0 items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap", LOOKS[decision])}>
      <Icon aria-hidden className="size-3.5" />
      {ofRule ? ACTION_NAMES[decision] : DECISION_NAMES[decision]}
    </span>
  );
}

const LAYERS: Record<string, string> = {
  default: "comes with ClaudeBench",
  server: "of the server",
  tenant: "of the tenant",
  repository: "of the repository",
};

export const layerName = (layer: string): string => LAYERS[layer] ?? layer;
