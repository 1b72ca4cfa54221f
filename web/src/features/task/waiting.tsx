import { Link } from "@tanstack/react-router";
import { CircleCheck, CirclePause, CirclePlay, Clock3, Lock, UserX } from "lucide-react";
import type { ReactNode } from "react";

import { useRead } from "@/api/query";
import { useMay } from "@/api/session";
import type { Explanation, Reason, Task } from "@/api/types";
import { resume, scopeName } from "@/features/project/pause";
import { line } from "@/shared/content/safe";
import { count } from "@/shared/format";
import { STATUS_NAMES } from "@/shared/status";
import { Time } from "@/shared/time";
import { Button } from "@/shared/ui/button";
import { Card } from "@/shared/ui/card";
import { Failed, Loading } from "@/shared/ui/states";

const Paused = ({ reason: { scope, reason, until } }: { reason: Extract<Reason, { kind: "paused" }> }) => {
  const may = useMay("system:write");
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span className="min-w-0">
        Claims of {scopeName(scope)} are held back
        {reason != null && reason !== "" && <>: {line(reason)}</>}
        {until != null && (
          <>
            ; they go on <Time at={until} />
          </>
        )}
        .
      </span>
      {may && (
        <Button size="small" onClick={() => void resume(scope)} aria-label={`Resume ${scopeName(scope)}`}>
          <CirclePlay aria-hidden />
          Resume
        </Button>
      )}
    </span>
  );
};

function told(reason: Reason): [icon: ReactNode, text: ReactNode] | undefined {
  switch (reason.kind) {
    case "blocked_by":
      return [
        <Lock key="i" aria-hidden />,
        <span key="t">
          It waits for{" "}
          <Link to="/tasks/$id" params={{ id: reason.id }} className="text-accent underline underline-offset-2">
            <bdi>{line(reason.text, 120)}</bdi>
          </Link>
          , which is {STATUS_NAMES[reason.status].toLowerCase()}.
        </span>,
      ];
    case "not_before":
      return [
        <Clock3 key="i" aria-hidden />,
        <span key="t">
          Its time comes <Time at={reason.runAt} />.
        </span>,
      ];
    case "paused":
      return [<CirclePause key="i" aria-hidden />, <Paused key="t" reason={reason} />];
    case "parked_on":
      return [
        <UserX key="i" aria-hidden />,
        <span key="t">
          It is parked on{" "}
          <Link to="/workers" className="text-accent underline underline-offset-2">
            {line(reason.instanceId, 100)}
          </Link>
          , which {reason.online ? "has not taken it yet" : "is not there"}. Nobody else can claim it.
        </span>,
      ];
    case "no_worker_with_role":
      return [<UserX key="i" aria-hidden />, <span key="t">No registered worker has {reason.roles.length === 1 ? "its role" : "one of its roles"}: {line(reason.roles.join(", "))}.</span>];
    case "no_worker":
      return [<UserX key="i" aria-hidden />, <span key="t">No worker is registered.</span>];
    case "workers_paused":
      return [<CirclePause key="i" aria-hidden />, <span key="t">Whoever could take it gets no tasks now: {line(reason.workerIds.join(", "))}.</span>];
    case "held":
    case "ended":
      return undefined;
  }
}

function Reasons({ found }: { found: Explanation }) {
  const list = found.because.flatMap((reason) => told(reason) ?? []).length / 2;
  return (
    <>
      {list > 0 ? (
        <ul className="flex flex-col gap-2">
          {found.because.map((reason, place) => {
            const [icon, text] = told(reason) ?? [];
            return (
              text !== undefined && (
                <li key={place} className="flex items-start gap-2 [overflow-wrap:anywhere] [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-faint">
                  {icon}
                  <div className="min-w-0 flex-1">{text}</div>
                </li>
              )
            );
          })}
        </ul>
      ) : (
        <p className="flex items-center gap-2">
          <CircleCheck aria-hidden className="size-4 text-done" />
          Nothing holds it back: the next worker that suits can take it.
        </p>
      )}
      {found.ahead != null && found.ahead > 0 && (
        <p className="mt-2 text-soft">
          {found.ahead >= 1_000 ? "At least 1,000" : count(found.ahead)} ready {found.ahead === 1 ? "task comes" : "tasks come"} before it.
        </p>
      )}
    </>
  );
}

/** Why nobody works on a pending task. */
export function Waiting({ task }: { task: Task }) {
  const found = useRead("task.explain", { id: task.id }, { everyMs: 10_000 });
  return (
    <Card title="Why is it waiting?">
      {found.data !== undefined ? <Reasons found={found.data} /> : found.isError ? <Failed error={found.error} onRetry={() => void found.refetch()} /> : <Loading rows={1} />}
    </Card>
  );
}
