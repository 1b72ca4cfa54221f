import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useSyncExternalStore } from "react";

import { explain } from "@/api/failure";
import { cn } from "@/shared/cn";

import { Button } from "./button";

interface Toast {
  id: number;
  kind: "done" | "failed" | "info";
  title: string;
  hint?: string;
  /** How often it was said while it was there. */
  times: number;
}

/** So many are shown; those before them go. */
const MOST = 4;
const STAYS_MS = 6_000;

let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function add(kind: Toast["kind"], title: string, hint?: string) {
  last += 1;
  const id = last;
  const same = toasts.find((one) => one.kind === kind && one.title === title && one.hint === hint);
  const next = { id, kind, title, times: (same?.times ?? 0) + 1, ...(hint === undefined ? {} : { hint }) };
  // What is said again is told anew, in the place where it is.
  set((same === undefined ? [...toasts, next] : toasts.map((one) => (one === same ? next : one))).slice(-MOST));
  // What went wrong stays until it is read.
  if (kind !== "failed") setTimeout(() => drop(id), STAYS_MS);
}

const drop = (id: number) => set(toasts.filter((toast) => toast.id !== id));

export const toast = {
  done: (title: string, hint?: string) => add("done", title, hint),
  info: (title: string, hint?: string) => add("info", title, hint),
  /** Says why something was refused, and what to do. */
  failed: (what: string, error: unknown) => {
    const { title, hint } = explain(error);
    add("failed", `${what}: ${title}`, hint);
  },
};

/** Above what stands at the foot of the page: a `ref` of that. */
export function raiseAbove(element: HTMLElement | null) {
  if (element === null) return;
  const root = document.documentElement.style;
  const raise = () => root.setProperty("--toasts-above", `${Math.max(0, innerHeight - element.getBoundingClientRect().top)}px`);
  const observer = new ResizeObserver(raise);
  observer.observe(element);
  return () => {
    observer.disconnect();
    root.removeProperty("--toasts-above");
  };
}

const ICONS = { done: CircleCheck, failed: CircleAlert, info: Info };
const LOOKS = { done: "text-done", failed: "text-failed", info: "text-running" };

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div
      role="region"
      aria-label="Notifications"
      aria-live="polite"
      className="pointer-events-none fixed right-3 md:right-5 bottom-[calc(var(--toasts-above,0px)+0.75rem)] z-50 flex w-[min(24rem,calc(100vw-1.5rem))] flex-col gap-2"
    >
      {shown.map(({ id, kind, title, hint, times }) => {
        const Icon = ICONS[kind];
        return (
          <div
            key={id}
            role={kind === "failed" ? "alert" : "status"}
            className="pointer-events-auto flex items-start gap-2 rounded-lg border bg-raised p-3 shadow-xl"
          >
            <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", LOOKS[kind])} />
            <div className="min-w-0 flex-1">
              <p className="font-medium break-words">
                {title}
                {times > 1 && <span className="tabular ml-1.5 rounded-full bg-sunken px-1.5 text-xs text-soft">{times}×</span>}
              </p>
              {hint !== undefined && <p className="text-soft">{hint}</p>}
            </div>
            <Button look="quiet" size="small" aria-label="Dismiss" onClick={() => drop(id)}>
              <X aria-hidden />
            </Button>
          </div>
        );
      })}
    </div>
  );
}
