import { Link } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { useState } from "react";

import { useRead } from "@/api/query";
import type { Session } from "@/api/types";
import { cn } from "@/shared/cn";
import { count } from "@/shared/format";
import { Time } from "@/shared/time";
import { Button } from "@/shared/ui/button";
import { Input, Select } from "@/shared/ui/field";
import { WorkerLink } from "@/shared/ui/links";
import { Empty, Failed, Loading } from "@/shared/ui/states";
import { oneLine, shortSession } from "@/shared/value";

/** So many are read at a time, and so many in all: the server lists no more. */
const PAGE = 50;
const MOST = 500;

/** The sessions of agents, the one that was heard of last first. */
export function SessionsView() {
  const [limit, setLimit] = useState(PAGE);
  const [words, setWords] = useState("");
  const [which, setWhich] = useState<"" | "open" | "ended">("");
  const read = useRead("session.list", { limit }, { keep: true });
  if (read.isError) return <Failed error={read.error} onRetry={() => void read.refetch()} />;
  if (read.isPending) return <Loading />;
  const { sessions } = read.data;
  const search = words.toLowerCase().trim();
  const shown = sessions.filter(
    ({ sessionId, instanceId, projectDir, lastPrompt, endedAt }) =>
      (which === "" || (which === "ended") === (endedAt != null)) && `${sessionId} ${instanceId} ${projectDir ?? ""} ${lastPrompt ?? ""}`.toLowerCase().includes(search),
  );
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Input type="search" aria-label="Search sessions" placeholder="Search by prompt, folder, worker" className="min-w-40 flex-1 sm:max-w-72" value={words} onChange={(edit) => setWords(edit.target.value)} />
        <Select
          aria-label="State of the session"
          value={which}
          onChange={(edit) => setWhich(edit.target.value as typeof which)}
          options={[
            ["", "Open and ended"],
            ["open", "Open"],
            ["ended", "Ended"],
          ]}
        />
      </div>
      {shown.length === 0 ? (
        <div className="rounded-xl border bg-panel">
          <Empty title={sessions.length === 0 ? "No session was heard of" : "No session is like this"} icon={<MessagesSquare aria-hidden />}>
            {sessions.length === 0 && (
              <p>
                <code>claudebench init</code> in a repository has its agents tell what they do.
              </p>
            )}
          </Empty>
        </div>
      ) : (
        <ul aria-label="Sessions" className="overflow-hidden rounded-xl border bg-panel">
          {shown.map((session) => (
            <SessionRow key={session.sessionId} session={session} />
          ))}
        </ul>
      )}
      {sessions.length >= limit && limit < MOST && (
        <Button className="self-center" busy={read.isPlaceholderData} onClick={() => setLimit(Math.min(limit * 3, MOST))}>
          Show more
        </Button>
      )}
      <p className="text-center text-xs text-faint">Sessions are forgotten a week after they were heard of last; their events stay as long as the log.</p>
    </>
  );
}

function SessionRow({ session }: { session: Session }) {
  const { sessionId, instanceId, projectDir, lastPrompt, lastSeen, endedAt, events } = session;
  return (
    <li className="relative flex flex-col gap-2 border-b p-3 last:border-b-0 hover:bg-sunken md:flex-row md:items-center md:gap-4 md:px-4">
      <div className="min-w-0 flex-1">
        <Link to="/hooks" search={{ session: sessionId }} className="block truncate rounded font-medium hover:text-accent" title={lastPrompt ?? sessionId}>
          {lastPrompt == null || lastPrompt === "" ? <span className="text-soft">No prompt yet</span> : oneLine(lastPrompt)}
        </Link>
        <p className="mt-0.5 flex min-w-0 flex-wrap items-center gap-x-2 text-xs text-soft">
          <span className={cn("inline-flex items-center gap-1 font-medium", endedAt == null ? "text-done" : "text-faint")}>
            <span aria-hidden className={cn("size-1.5 rounded-full", endedAt == null ? "bg-done" : "bg-strong")} />
            {endedAt == null ? "Open" : "Ended"}
          </span>
          <code title={sessionId}>{shortSession(sessionId)}</code>
          {projectDir != null && <code className="max-w-60 truncate">{projectDir}</code>}
          <WorkerLink worker={instanceId} />
        </p>
      </div>
      <div className="flex items-center justify-between gap-4 text-xs text-soft md:justify-end">
        <TodosDone session={session} />
        <span className="tabular w-20 text-right">{count(events)} events</span>
        <span className="w-24 text-right">
          <Time at={lastSeen} />
        </span>
      </div>
    </li>
  );
}

export function TodosDone({ session: { todos, todosCompleted } }: { session: Pick<Session, "todos" | "todosCompleted"> }) {
  if (todos === 0) return <span className="w-28 text-faint">No todos</span>;
  return (
    <span className="flex w-28 flex-col gap-1">
      <span className="tabular">
        {count(todosCompleted)} of {count(todos)} done
      </span>
      <span aria-hidden className="block h-1 overflow-hidden rounded bg-sunken">
        <span className="block h-full rounded bg-done" style={{ width: `${Math.min(1, todosCompleted / todos) * 100}%` }} />
      </span>
    </span>
  );
}
