import { cn } from "@/shared/cn";

import { domainOf } from "./kinds";
import type { Tone } from "./say";

const TONES: Record<Tone, string> = { failed: "bg-failed-soft text-failed", warn: "bg-warn-soft text-warn", done: "bg-done-soft text-done" };

/** What an event is of, and whether it went wrong. */
export function EventIcon({ type, tone, className }: { type: string; tone?: Tone | undefined; className?: string }) {
  const { icon: Icon, look, name } = domainOf(type);
  return (
    <span title={name} className={cn("inline-flex size-6 shrink-0 items-center justify-center rounded-md", tone === undefined ? look : TONES[tone], className)}>
      <Icon aria-hidden className="size-3.5" />
    </span>
  );
}
