import { Link } from "@tanstack/react-router";
import { ArrowUpRight } from "lucide-react";
import { memo } from "react";
import type { ReactNode } from "react";

import type { Event } from "@/api/types";
import { useNow } from "@/shared/clock";
import { cn } from "@/shared/cn";
import { exactTime, relativeTime } from "@/shared/format";
import { VirtualRows } from "@/shared/ui/virtual-rows";
import { usePhone } from "@/shared/wide";

import { EventIcon } from "./icon";
import { say, toneOf } from "./say";
import type { NameOf } from "./say";

interface RowsProps {
  events: readonly Event[];
  nameOf: NameOf;
  /** The one that the keys are at. */
  at: string | undefined;
  onOpen: (id: string) => void;
  onSight: (ids: readonly string[]) => void;
  onEnd: () => void;
  end: ReactNode;
}

const idOf = ({ id }: Event) => id;

/** Events, one a line. */
export function EventRows({ events, nameOf, at, onOpen, onSight, onEnd, end }: RowsProps) {
  const phone = usePhone();
  const now = useNow();
  return (
    <VirtualRows
      label="Events"
      items={events}
      idOf={idOf}
      height={phone ? 56 : 36}
      at={at}
      onSight={onSight}
      onEnd={onEnd}
      end={end}
      row={(event) => <EventRow event={event} said={say(event, nameOf)} when={relativeTime(event.timestamp, now)} at={event.id === at} onOpen={onOpen} />}
    />
  );
}

const EventRow = memo(function EventRow({ event, said, when, at, onOpen }: { event: Event; said: string; when: string; at: boolean; onOpen: (id: string) => void }) {
  const tone = toneOf(event);
  return (
    <div className="flex h-full items-center gap-2.5 px-3">
      <EventIcon type={event.type} tone={tone} />
      <button type="button" aria-current={at || undefined} onClick={() => onOpen(event.id)} className="flex h-full min-w-0 flex-1 flex-col justify-center text-left outline-offset-[-2px] md:flex-row md:items-center md:gap-3">
        <span title={said} className={cn("w-full min-w-0 truncate md:w-auto md:flex-1", tone === "failed" && "text-failed")}>
          {said}
        </span>
        <span className="flex w-full min-w-0 items-center gap-3 text-xs text-faint md:w-auto">
          {event.project != null && <span className="hidden max-w-28 truncate @3xl:block">{event.project}</span>}
          <code className="min-w-0 flex-1 truncate md:hidden md:w-44 md:flex-none @3xl:block">{event.type}</code>
          <time dateTime={new Date(event.timestamp).toISOString()} title={exactTime(event.timestamp)} className="tabular w-24 shrink-0 text-right">
            {when}
          </time>
        </span>
      </button>
      {event.taskId == null ? (
        <span aria-hidden className="w-7 shrink-0" />
      ) : (
        <Link to="/tasks/$id" params={{ id: event.taskId }} aria-label="Go to the task" title="Go to the task" className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-faint hover:bg-panel hover:text-accent">
          <ArrowUpRight aria-hidden className="size-4" />
        </Link>
      )}
    </div>
  );
});
