import { Link } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";

import { useNow } from "@/shared/clock";
import { cn } from "@/shared/cn";
import { count, duration, exactTime, millis, relativeTime, percent } from "@/shared/format";
import { Chip } from "@/shared/status";
import { LINK, LINK_IN_TEXT } from "@/shared/ui/links";
import { VirtualRows } from "@/shared/ui/virtual-rows";
import { oneLine, shortSession } from "@/shared/value";
import { usePhone } from "@/shared/wide";

import { WorkerActions } from "./actions";
import type { Worker } from "./fleet";
import type { Sort } from "./search";
import { StateBadge } from "./state";

// Where something lies beside it, what is less urgent gives way.
const COLUMNS =
  "grid grid-cols-[minmax(8rem,1.4fr)_6rem_5rem_minmax(7rem,1.6fr)_2rem] items-center gap-x-3 @4xl:grid-cols-[minmax(10rem,1.4fr)_6rem_5rem_minmax(9rem,1.6fr)_8.5rem_minmax(8rem,1.5fr)_2rem]";
const WHERE_ROOM = "hidden @4xl:block";

const HEADS: readonly (readonly [label: string, sort: Sort | undefined])[] = [
  ["Worker", "name"],
  ["State", "state"],
  ["Heard", "heard"],
  ["Holds now", "holds"],
  ["Today", "completed"],
  ["Last error", "failed"],
];

function Head({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  return (
    <div className={cn(COLUMNS, "sticky top-0 z-10 hidden h-9 border-b bg-panel px-3 text-xs font-medium text-soft md:grid")}>
      {HEADS.map(([label, by]) => (
        <button
          key={label}
          type="button"
          aria-pressed={sort === by}
          title={by === "failed" ? "Most failed first" : by === "completed" ? "Most completed first" : `Sort by ${label.toLowerCase()}`}
          onClick={() => by !== undefined && onSort(by)}
          className={cn("inline-flex items-center gap-1 justify-self-start rounded hover:text-ink", sort === by && "text-ink", (by === "completed" || by === "failed") && "hidden @4xl:inline-flex")}
        >
          {label}
          {sort === by && <ChevronDown aria-hidden className="size-3.5" />}
        </button>
      ))}
    </div>
  );
}

interface RowsProps {
  workers: readonly Worker[];
  at: string | undefined;
  sort: Sort;
  onSort: (sort: Sort) => void;
  onOpen: (id: string) => void;
  end: ReactNode;
}

const idOf = ({ id }: Worker) => id;

export function WorkerRows({ workers, at, sort, onSort, onOpen, end }: RowsProps) {
  const phone = usePhone();
  const now = useNow();
  const Row = phone ? NarrowRow : WideRow;
  return (
    <VirtualRows
      label="Workers"
      items={workers}
      idOf={idOf}
      height={phone ? 120 : 52}
      at={at}
      head={<Head sort={sort} onSort={onSort} />}
      end={end}
      row={(worker) => <Row worker={worker} now={now} at={worker.id === at} onOpen={onOpen} />}
    />
  );
}

interface RowProps {
  worker: Worker;
  now: number;
  at: boolean;
  onOpen: (id: string) => void;
}

function WideRow({ worker, now, at, onOpen }: RowProps) {
  return (
    <div className={cn(COLUMNS, "h-full px-3")}>
      <Name worker={worker} at={at} onOpen={onOpen} />
      <StateBadge state={worker.state} />
      <Heard worker={worker} now={now} />
      <Holds worker={worker} now={now} />
      <div className={WHERE_ROOM}>
        <Today worker={worker} />
      </div>
      <div className={cn(WHERE_ROOM, "min-w-0")}>
        <LastError worker={worker} now={now} />
      </div>
      <WorkerActions worker={worker} />
    </div>
  );
}

function NarrowRow({ worker, now, at, onOpen }: RowProps) {
  return (
    <div className="flex h-full flex-col justify-center gap-1 px-3">
      <div className="flex min-w-0 items-center gap-2">
        <div className="min-w-0 flex-1">
          <Name worker={worker} at={at} onOpen={onOpen} />
        </div>
        <StateBadge state={worker.state} />
        <WorkerActions worker={worker} />
      </div>
      <Holds worker={worker} now={now} />
      <div className="flex items-center justify-between gap-2">
        <Today worker={worker} />
        <Heard worker={worker} now={now} />
      </div>
    </div>
  );
}

function Name({ worker, at, onOpen }: { worker: Worker; at: boolean; onOpen: (id: string) => void }) {
  const { id, roles, session } = worker;
  return (
    <div className="min-w-0">
      <button type="button" aria-current={at || undefined} onClick={() => onOpen(id)} title={id} className="block max-w-full truncate rounded text-left font-medium hover:text-accent">
        {id}
      </button>
      <div className="flex h-5 min-w-0 items-center gap-1 overflow-hidden">
        {roles.slice(0, 3).map((role) => (
          <Chip key={role} title={`Role ${role}`}>
            {role}
          </Chip>
        ))}
        {roles.length > 3 && <span className="text-xs text-faint">+{roles.length - 3}</span>}
        {session !== undefined && (
          <Link to="/hooks" search={{ session: session.sessionId }} title={session.lastPrompt ?? "Its session"} className={cn(LINK, "truncate text-xs")}>
            session {shortSession(session.sessionId)}
          </Link>
        )}
      </div>
    </div>
  );
}

function Heard({ worker: { lastSeen, state }, now }: { worker: Worker; now: number }) {
  return (
    <span title={`Heard of at ${exactTime(lastSeen)}`} className={cn("tabular text-xs whitespace-nowrap", state === "silent" ? "font-medium text-warn" : "text-soft")}>
      {now - lastSeen < 5_000 ? "just now" : `${duration(Math.floor((now - lastSeen) / 1_000) * 1_000).split(" ").slice(0, 2).join(" ")} ago`}
    </span>
  );
}

export function Holds({ worker: { holds, leases }, now }: { worker: Worker; now: number }) {
  const task = holds[0];
  if (task === undefined) return <span className="text-xs text-faint">{leases === 0 ? "Nothing" : leases === 1 ? "1 task" : `${count(leases)} tasks`}</span>;
  const expires = task.lease == null ? undefined : millis(task.lease.expiresAt);
  return (
    <div className="min-w-0 text-xs">
      <Link to="/tasks/$id" params={{ id: task.id }} title={task.text} className={cn(LINK, "block truncate")}>
        {oneLine(task.text)}
      </Link>
      <span className="tabular block truncate text-faint">
        {expires !== undefined && <span title={`The lease ends at ${exactTime(expires)}`}>{expires > now ? `lease ${duration(Math.floor((expires - now) / 1_000) * 1_000)}` : "lease is over"}</span>}
        {task.progress != null && ` · ${percent(task.progress)}`}
        {leases > 1 && ` · ${count(leases - 1)} more`}
      </span>
    </div>
  );
}

function Today({ worker: { today } }: { worker: Worker }) {
  if (today === undefined) return <span className="text-xs text-faint">No work yet</span>;
  const { completed, failed, lost, averageMs } = today;
  return (
    <div className="tabular flex min-w-0 gap-x-2 text-xs md:block">
      <div>
        <span className="font-medium text-done" title={`${count(completed)} completed today`}>
          {count(completed)} done
        </span>
        {failed > 0 && (
          <span className="text-failed" title={`${count(failed)} failed today`}>
            {" "}
            · {count(failed)} failed
          </span>
        )}
      </div>
      <div className="text-faint">
        {averageMs == null ? "" : `${duration(averageMs)} each`}
        {lost > 0 && (
          <span className="text-warn" title="Leases that ended with no word">
            {averageMs == null ? "" : " · "}
            {count(lost)} lost
          </span>
        )}
      </div>
    </div>
  );
}

function LastError({ worker: { lastError }, now }: { worker: Worker; now: number }) {
  if (lastError === undefined) return <span className="text-xs text-faint">None</span>;
  const { text, at, taskId } = lastError;
  return (
    <div className="min-w-0 text-xs">
      <span title={text.slice(0, 1_000)} className="block truncate text-failed">
        {oneLine(text)}
      </span>
      <span className="text-faint">
        <time dateTime={new Date(at).toISOString()} title={exactTime(at)}>
          {relativeTime(at, now)}
        </time>
        {taskId !== undefined && (
          <>
            {" · "}
            <Link to="/tasks/$id" params={{ id: taskId }} className={LINK_IN_TEXT}>
              its task
            </Link>
          </>
        )}
      </span>
    </div>
  );
}
