// What goes on with a task, and how it ended.

import { CircleX, Hourglass } from "lucide-react";
import type { ReactNode } from "react";

import type { Task } from "@/api/types";
import { useNow } from "@/shared/clock";
import { Content } from "@/shared/content/content";
import { JsonTree } from "@/shared/content/json";
import { line } from "@/shared/content/safe";
import { PlainText } from "@/shared/content/text";
import { count, millis, percent } from "@/shared/format";
import { Age, Left } from "@/shared/time";
import { Card } from "@/shared/ui/card";

import { isOpen } from "./allowed";
import { reasonText } from "./sentences";

function Bar({ value }: { value: number }) {
  const part = Math.min(Math.max(value, 0), 1);
  return (
    <div role="progressbar" aria-label="Progress" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)} className="h-2 overflow-hidden rounded-full bg-sunken">
      <div className="h-full rounded-full bg-running transition-[width]" style={{ width: `${part * 100}%` }} />
    </div>
  );
}

const Small = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0">
    <div className="text-xs text-soft">{name}</div>
    <div className="tabular mt-0.5 font-medium [overflow-wrap:anywhere]">{children}</div>
  </div>
);

function LeaseLeft({ task }: { task: Task }) {
  const now = useNow();
  if (task.lease == null) return <>none</>;
  if (millis(task.lease.expiresAt) <= now) return <span className="text-warn">over: it is about to be taken back</span>;
  return <Left until={task.lease.expiresAt} />;
}

/** Its worker, and how far it has come. */
export function InProgress({ task }: { task: Task }) {
  return (
    <Card title="In progress" aside={task.progress != null && <span className="tabular font-semibold text-running">{percent(task.progress)}</span>}>
      <div className="flex flex-col gap-3">
        {task.progress != null && <Bar value={task.progress} />}
        {task.cancelRequestedAt != null && (
          <p className="flex items-center gap-2 rounded-md bg-cancelled-soft px-3 py-2 text-cancelled">
            <Hourglass aria-hidden className="size-4" />
            <span>
              It was asked to stop <Age since={task.cancelRequestedAt} /> ago, and has not yet.
            </span>
          </p>
        )}
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          <Small name="Worker">{task.assignedTo == null ? "nobody: set going by hand" : <bdi>{line(task.assignedTo, 100)}</bdi>}</Small>
          <Small name="Lease left">
            <LeaseLeft task={task} />
          </Small>
          <Small name="Attempt">
            {count(task.attempt)} of {count(task.maxAttempts)}
          </Small>
          <Small name="Working for">{task.startedAt == null ? "a moment" : <Age since={task.startedAt} />}</Small>
        </div>
      </div>
    </Card>
  );
}

/** What a worker has said of it: the last one's survives to the next attempt. */
export function Said({ task }: { task: Task }) {
  const left = task.checkpoint !== undefined && task.checkpoint !== null;
  const note = task.note != null && task.note !== "";
  if (!note && !left) return null;
  return (
    <Card title={isOpen(task) ? "What its worker says" : "What its worker said"}>
      <div className="flex flex-col gap-3">
        {note && <PlainText text={task.note ?? ""} mono={false} first={4_000} />}
        {left && (
          <div>
            <h3 className="mb-1 text-xs font-medium text-soft">Checkpoint, for the next attempt</h3>
            <JsonTree value={task.checkpoint} />
          </div>
        )}
      </div>
    </Card>
  );
}

/** Why it failed, or why its last attempt did. */
export function Failure({ task }: { task: Task }) {
  const failed = task.status === "failed";
  if (!failed && task.error == null && (task.reason == null || task.status !== "pending")) return null;
  return (
    <section className="rounded-xl border border-failed/40 bg-failed-soft p-4">
      <h2 className="flex items-center gap-2 font-semibold text-failed">
        <CircleX aria-hidden className="size-4" />
        <span>
          {failed ? (task.dead === true ? "A dead letter" : "Failed") : "The last attempt failed"}
          {task.reason != null && <span className="font-normal">: {reasonText(task.reason)}</span>}
        </span>
      </h2>
      {task.error != null && task.error !== "" ? <PlainText text={task.error} first={4_000} className="mt-2" /> : <p className="mt-1 text-soft">Nothing was said of why.</p>}
    </section>
  );
}

/** That it was called off, and why. */
export function CalledOff({ task }: { task: Task }) {
  if (task.status !== "cancelled") return null;
  return (
    <section className="rounded-xl border border-cancelled/40 bg-cancelled-soft p-4">
      <h2 className="font-semibold text-cancelled">Called off{task.completedBy != null && <> by {line(task.completedBy, 100)}</>}</h2>
      {task.reason != null && task.reason !== "" && <PlainText text={task.reason} mono={false} className="mt-1" />}
    </section>
  );
}

/** What came out of it. */
export function Result({ task }: { task: Task }) {
  const { result, resultAttachment } = task;
  if (result === undefined || result === null) {
    if (resultAttachment?.contentExcluded !== true) return null;
    return (
      <Card title="Result">
        <p className="text-soft">It is too large to come with the task: see the attachment “result”.</p>
      </Card>
    );
  }
  return (
    <Card title="Result">
      <Content parts={{ key: "result", type: "json", value: result }} />
    </Card>
  );
}
