import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useRead } from "@/api/query";
import { useMay } from "@/api/session";
import { EventIcon } from "@/features/events/icon";
import { say, toneOf } from "@/features/events/say";
import { useEventLog, useNames } from "@/features/events/use-log";
import { Json } from "@/shared/content/written";
import { count, duration, exactTime, millis } from "@/shared/format";
import { Chip } from "@/shared/status";
import { Age, Left, Time } from "@/shared/time";
import { Button } from "@/shared/ui/button";
import { Facts } from "@/shared/ui/facts";
import { LINK, LINK_IN_TEXT } from "@/shared/ui/links";
import { Failed } from "@/shared/ui/states";
import { oneLine, shortSession } from "@/shared/value";

import { WorkerButtons } from "./actions";
import type { Worker } from "./fleet";
import { STATE_ABOUT, StateBadge } from "./state";

/** So many tasks and events are listed. */
const TASKS = 20;
const EVENTS = 30;

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h3 className="mb-1.5 text-xs font-medium text-soft">{title}</h3>
      {children}
    </section>
  );
}

/** All that is known of a worker. */
export function WorkerDetail({ worker }: { worker: Worker }) {
  const { state, roles, registeredAt, lastSeen, metadata, today, lastError, session } = worker;
  const mayTasks = useMay("tasks:read");
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <StateBadge state={state} />
        <span className="text-soft">{STATE_ABOUT[state]}</span>
      </div>
      <WorkerButtons worker={worker} />
      <Facts
        facts={[
          [
            "Roles",
            roles.length > 0 && (
              <span key="roles" className="flex flex-wrap gap-1">
                {roles.map((role) => (
                  <Chip key={role}>{role}</Chip>
                ))}
              </span>
            ),
          ],
          ["Heard of", <Time key="heard" at={lastSeen} />],
          ["Registered", registeredAt !== "" && <Time at={registeredAt} />],
          [
            "Session",
            session !== undefined && (
              <Link to="/hooks" search={{ session: session.sessionId }} className={LINK}>
                {session.lastPrompt == null ? shortSession(session.sessionId) : `“${oneLine(session.lastPrompt, 80)}”`}
              </Link>
            ),
          ],
          ["Folder", session?.projectDir != null && <code className="break-all">{session.projectDir}</code>],
          [
            "Today",
            today !== undefined &&
              `${count(today.completed)} completed, ${count(today.failed)} failed, ${count(today.lost)} lost${today.averageMs == null ? "" : `; ${duration(today.averageMs)} each`}`,
          ],
        ]}
      />
      {lastError !== undefined && (
        <Part title="Last error">
          <div className="rounded-md bg-failed-soft p-2.5">
            <p className="max-h-32 overflow-auto font-mono text-xs break-words whitespace-pre-wrap text-failed">{lastError.text.slice(0, 4_000)}</p>
            <p className="mt-1 text-xs text-soft">
              <Time at={lastError.at} />
              {lastError.taskId !== undefined && (
                <>
                  {" · "}
                  <Link to="/tasks/$id" params={{ id: lastError.taskId }} className={LINK_IN_TEXT}>
                    its task
                  </Link>
                </>
              )}
            </p>
          </div>
        </Part>
      )}
      {mayTasks && <HeldTasks id={worker.id} />}
      {Object.keys(metadata).length > 0 && <Json title="Metadata" value={metadata} />}
      {mayTasks && <RecentEvents id={worker.id} />}
    </div>
  );
}

function HeldTasks({ id }: { id: string }) {
  const read = useRead("task.list", { assignedTo: id, status: "in_progress", limit: TASKS }, { keep: true });
  const tasks = read.data?.tasks ?? [];
  return (
    <Part title="Holds now">
      {read.isError && <Failed error={read.error} onRetry={() => void read.refetch()} />}
      {read.data !== undefined && tasks.length === 0 && <p className="text-faint">Nothing</p>}
      <ul className="flex flex-col gap-2">
        {tasks.map((task) => (
          <li key={task.id} className="min-w-0">
            <Link to="/tasks/$id" params={{ id: task.id }} className={LINK}>
              {oneLine(task.text)}
            </Link>
            <p className="tabular text-xs text-soft">
              {task.lease != null && (
                <>
                  lease ends in <Left until={task.lease.expiresAt} />
                </>
              )}
              {task.progress != null && ` · ${Math.round(task.progress * 100)} %`}
              {task.note != null && ` · ${oneLine(task.note)}`}
              {task.startedAt != null && (
                <>
                  {" · for "}
                  <Age since={millis(task.startedAt)} />
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
      {read.data?.hasMore === true && <p className="text-xs text-faint">and {count(read.data.totalCount - tasks.length)} more</p>}
    </Part>
  );
}

const SIGHT: readonly string[] = [];

function RecentEvents({ id }: { id: string }) {
  const { log, state } = useEventLog({ actor: id }, { most: 200 });
  const nameOf = useNames(state.events, SIGHT);
  const shown = state.events.slice(0, EVENTS);
  return (
    <Part title="What it did last">
      {state.error !== undefined && <Failed error={state.error} onRetry={log.read} />}
      {!state.loading && shown.length === 0 && state.error === undefined && (
        <p className="text-faint">{state.before === "more" ? "Nothing among the newest events." : "Nothing that is kept."}</p>
      )}
      <ul className="flex flex-col gap-1.5">
        {shown.map((event) => (
          <li key={event.id} className="flex min-w-0 items-center gap-2 text-xs">
            <EventIcon type={event.type} tone={toneOf(event)} className="size-5" />
            <span className="min-w-0 flex-1 truncate" title={say(event, nameOf)}>
              {say(event, nameOf)}
            </span>
            <span title={exactTime(event.timestamp)} className="shrink-0 text-faint">
              <Time at={event.timestamp} />
            </span>
          </li>
        ))}
      </ul>
      <div className="mt-2 flex gap-3">
        <Link to="/events" search={{ actor: id }} className={LINK}>
          All its events
        </Link>
        {!state.loading && state.before === "more" && shown.length < EVENTS && (
          <Button size="small" onClick={log.older}>
            Look further back
          </Button>
        )}
      </div>
    </Part>
  );
}
