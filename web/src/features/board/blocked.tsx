import { Link } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import { Popover } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import type { PointerEvent } from "react";

import { useRead } from "@/api/query";
import type { Task } from "@/api/types";
import { StatusIcon } from "@/shared/status";
import { Failed, Skeleton } from "@/shared/ui/states";

/** So many are named; the task's page has all. */
const NAMED = 8;
const HOVER_MS = 350;
const LEAVE_MS = 250;

function Which({ id }: { id: string }) {
  const { data, error } = useRead("task.explain", { id });
  if (error !== null) return <Failed error={error} />;
  if (data === undefined) return <Skeleton className="h-10" />;
  const by = data.because.flatMap((reason) => (reason.kind === "blocked_by" ? [reason] : []));
  return (
    <>
      <p className="mb-1.5 text-xs font-medium text-soft">{by.length === 0 ? data.summary : "It waits for"}</p>
      <ul className="flex flex-col gap-1">
        {by.slice(0, NAMED).map((one) => (
          <li key={one.id} className="flex items-start gap-1.5">
            <StatusIcon status={one.status} className="mt-0.5 size-3.5" />
            <Link to="/tasks/$id" params={{ id: one.id }} className="line-clamp-2 min-w-0 break-words hover:underline">
              {one.text}
            </Link>
          </li>
        ))}
      </ul>
      {by.length > NAMED && <p className="mt-1 text-xs text-faint">and {by.length - NAMED} more</p>}
    </>
  );
}

/** By how many tasks it is blocked; by which, when it is asked for. */
export function Blocked({ task }: { task: Task }) {
  const [open, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stayed = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const many = task.openDependencies ?? 0;
  if (many === 0 || task.status !== "pending") return null;
  // The pointer opens it by staying, and closes it by going elsewhere.
  const soon = (event: PointerEvent, next: boolean, ms: number) => {
    clearTimeout(timer.current);
    if (event.pointerType !== "mouse") return;
    timer.current = setTimeout(() => {
      stayed.current = next;
      setOpen(next);
    }, ms);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        tabIndex={-1}
        onPointerEnter={(event) => soon(event, true, HOVER_MS)}
        onPointerLeave={(event) => soon(event, false, LEAVE_MS)}
        onPointerDown={() => clearTimeout(timer.current)}
        onClick={(press) => {
          // Who presses what has just opened by itself does not want it closed.
          if (open && stayed.current) press.preventDefault();
          stayed.current = false;
        }}
        className="relative z-10 inline-flex shrink-0 items-center gap-0.5 rounded bg-pending-soft px-1 font-medium whitespace-nowrap text-pending hover:text-ink"
      >
        <Lock aria-hidden className="size-3" />
        <span className="sr-only">Blocked </span>
        by {many}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="bottom"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label="What it waits for"
          onOpenAutoFocus={(event) => event.preventDefault()}
          onPointerEnter={() => clearTimeout(timer.current)}
          onPointerLeave={(event) => soon(event, false, LEAVE_MS)}
          className="z-40 w-72 rounded-lg border bg-raised p-3 text-sm shadow-xl"
        >
          <Which id={task.id} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
