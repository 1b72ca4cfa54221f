import { CircleAlert, Inbox } from "lucide-react";
import type { ReactNode } from "react";

import { explain } from "@/api/failure";
import { cn } from "@/shared/cn";

import { Button } from "./button";

/** Where there is nothing to show: why, and what one could do. */
export function Empty({ title, children, icon = <Inbox aria-hidden />, className }: { title: string; children?: ReactNode; icon?: ReactNode; className?: string }) {
  return (
    <div className={cn("flex flex-col items-center justify-center gap-1 p-8 text-center text-soft [&>svg]:mb-1 [&>svg]:size-8 [&>svg]:text-faint", className)}>
      {icon}
      <p className="font-medium text-ink">{title}</p>
      {children}
    </div>
  );
}

/** What could not be read: why, and a way to try again. */
export function Failed({ error, onRetry, className }: { error: unknown; onRetry?: () => void; className?: string }) {
  const { title, hint } = explain(error);
  return (
    <div role="alert" className={cn("flex items-start gap-2 rounded-lg border border-failed/40 bg-failed-soft p-3", className)}>
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-failed" />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">{title}</p>
        {hint !== undefined && <p className="text-soft">{hint}</p>}
      </div>
      {onRetry !== undefined && (
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden className={cn("animate-pulse rounded-md bg-sunken", className)} />
);

/** While something is read. */
export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-2 p-4">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className="h-9" />
      ))}
    </div>
  );
}
