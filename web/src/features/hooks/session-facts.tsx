import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useRead } from "@/api/query";
import { cn } from "@/shared/cn";
import { count } from "@/shared/format";
import { StatusIcon } from "@/shared/status";
import { Time } from "@/shared/time";
import { Facts } from "@/shared/ui/facts";
import { LINK, WorkerLink } from "@/shared/ui/links";
import { Failed, Skeleton } from "@/shared/ui/states";
import { oneLine } from "@/shared/value";

import type { Story } from "./story";
import { TODO_ICONS } from "./story-steps";

/** So many of each are listed. */
const LISTED = 15;

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0 border-t pt-3">
      <h3 className="mb-1.5 text-xs font-medium text-soft">{title}</h3>
      {children}
    </section>
  );
}

/** Where a session stands: its todos and tasks, its tools, the files it committed. */
export function SessionFacts({ session, story, bare }: { session: string; story: Story; bare: boolean }) {
  const list = useRead("session.list", { limit: 500 });
  const state = useRead("session.state.get", { sessionId: session, condensed: true, limit: 1 });
  const one = list.data?.sessions.find(({ sessionId }) => sessionId === session);
  const { todos = [], tasks = [], tools = [] } = state.data?.condensed ?? {};
  const summary = state.data?.summary;
  return (
    <div className={cn("flex flex-col gap-3 p-4", !bare && "rounded-xl border bg-panel")}>
      {state.isError && <Failed error={state.error} onRetry={() => void state.refetch()} />}
      {state.isPending && list.isPending && <Skeleton className="h-24" />}
      <Facts
        facts={[
          ["State", one !== undefined && (one.endedAt == null ? <span className="font-medium text-done">Open</span> : "Ended")],
          ["Worker", one !== undefined && <WorkerLink worker={one.instanceId} />],
          ["Folder", one?.projectDir != null && <code className="text-xs break-all">{one.projectDir}</code>],
          ["Began", one !== undefined && <Time at={one.startedAt} />],
          ["Ended", one?.endedAt != null && <Time at={one.endedAt} />],
          ["Heard of", one !== undefined && <Time at={one.lastSeen} />],
          ["Events", summary != null && count(summary.totalEvents)],
          ["Commits", story.commits > 0 && count(story.commits)],
          ["Session", <code key="id" className="text-xs break-all">{session}</code>],
        ]}
      />
      {todos.length > 0 && (
        <Part title={`Todos: ${count(todos.filter(({ status }) => status === "completed").length)} of ${count(todos.length)} done`}>
          <ul className="flex flex-col gap-1">
            {todos.slice(0, 2 * LISTED).map(({ content, status, taskId }, place) => (
              <li key={`${place} ${content}`} className="flex min-w-0 items-start gap-1.5 [&_svg]:mt-0.5">
                {TODO_ICONS[status]}
                {taskId == null ? (
                  <span className="min-w-0 break-words">{oneLine(content)}</span>
                ) : (
                  <Link to="/tasks/$id" params={{ id: taskId }} className={cn("min-w-0 rounded break-words hover:text-accent hover:underline", status === "completed" && "text-soft line-through")}>
                    {oneLine(content)}
                  </Link>
                )}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {tasks.length > 0 && (
        <Part title="Tasks touched">
          <ul className="flex flex-col gap-1">
            {tasks.slice(0, LISTED).map(({ id, text, status }) => (
              <li key={id} className="flex min-w-0 items-center gap-1.5">
                <StatusIcon status={status} />
                <Link to="/tasks/$id" params={{ id }} className={cn(LINK, "min-w-0 truncate")} title={text}>
                  {oneLine(text)}
                </Link>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {tools.length > 0 && (
        <Part title="Tools">
          <ul className="flex flex-wrap gap-1.5">
            {tools.slice(0, LISTED).map(({ name, count: many }) => (
              <li key={name}>
                <Link to="/hooks" search={{ view: "calls", session, tool: name }} className="inline-flex items-center gap-1 rounded bg-sunken px-1.5 py-0.5 text-xs hover:text-accent">
                  {name} <span className="tabular font-semibold">{count(many)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {story.files.length > 0 && (
        <Part title="Files committed">
          <ul className="flex flex-col gap-0.5 font-mono text-xs">
            {story.files.slice(0, LISTED).map(([file, many]) => (
              <li key={file} className="flex gap-2">
                <span className="min-w-0 flex-1 break-all">{file}</span>
                {many > 1 && <span className="tabular text-faint">{count(many)}×</span>}
              </li>
            ))}
            {story.files.length > LISTED && <li className="font-sans text-faint">and {count(story.files.length - LISTED)} more</li>}
          </ul>
        </Part>
      )}
    </div>
  );
}
