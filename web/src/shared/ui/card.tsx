import type { ReactNode } from "react";

import { cn } from "@/shared/cn";

/** A part of a page with a heading. */
export function Card({ title, aside, children, className, flush = false }: { title?: ReactNode; aside?: ReactNode; children: ReactNode; className?: string; flush?: boolean }) {
  return (
    <section className={cn("min-w-0 rounded-xl border bg-panel", className)}>
      {(title !== undefined || aside !== undefined) && (
        <header className="flex min-h-11 flex-wrap items-center gap-2 border-b px-4 py-2">
          <h2 className="flex-1 text-sm font-semibold">{title}</h2>
          {aside}
        </header>
      )}
      <div className={flush ? undefined : "p-4"}>{children}</div>
    </section>
  );
}

/** A figure with what it is. */
export function Figure({ label, value, note, tone }: { label: string; value: ReactNode; note?: ReactNode; tone?: "failed" | "warn" | "done" }) {
  return (
    <div className="min-w-0 rounded-xl border bg-panel p-4">
      <div className="text-xs font-medium text-soft">{label}</div>
      <div
        className={cn(
          "tabular mt-1 truncate text-2xl font-semibold",
          tone === "failed" && "text-failed",
          tone === "warn" && "text-warn",
          tone === "done" && "text-done",
        )}
      >
        {value}
      </div>
      {note !== undefined && <div className="mt-0.5 truncate text-xs text-faint">{note}</div>}
    </div>
  );
}
