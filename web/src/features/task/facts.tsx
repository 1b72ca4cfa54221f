import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Task } from "@/api/types";
import { JsonTree } from "@/shared/content/json";
import { line } from "@/shared/content/safe";
import { count, duration } from "@/shared/format";
import { Chip, Priority } from "@/shared/status";
import { Left, Time } from "@/shared/time";
import { Card } from "@/shared/ui/card";
import { CopyButton } from "@/shared/ui/copy-button";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[7.5rem_1fr] gap-2 py-1">
      <dt className="text-soft">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

const Chips = ({ names }: { names: readonly string[] }) => (
  <span className="flex flex-wrap gap-1">
    {names.map((name) => (
      <Chip key={name} title={line(name, 200)}>
        {line(name, 60)}
      </Chip>
    ))}
  </span>
);

function Times({ task }: { task: Task }) {
  return (
    <>
      <Fact name="Made">
        <Time at={task.createdAt} /> by <bdi>{line(task.createdBy, 100)}</bdi>
      </Fact>
      {task.runAt != null && (
        <Fact name="Not before">
          <Time at={task.runAt} />
        </Fact>
      )}
      {task.startedAt != null && (
        <Fact name={task.status === "in_progress" ? "Begun" : "Last begun"}>
          <Time at={task.startedAt} />
        </Fact>
      )}
      {task.completedAt != null && (
        <Fact name="Ended">
          <Time at={task.completedAt} />
          {task.completedBy != null && (
            <>
              {" "}
              by <bdi>{line(task.completedBy, 100)}</bdi>
            </>
          )}
        </Fact>
      )}
      <Fact name="Changed">
        <Time at={task.updatedAt} />
      </Fact>
    </>
  );
}

function Limits({ task }: { task: Task }) {
  return (
    <>
      {task.leaseMs != null && <Fact name="Lease">{duration(task.leaseMs)}</Fact>}
      {task.deadlineMs != null && <Fact name="Deadline">{duration(task.deadlineMs)} for each attempt</Fact>}
      {task.lease?.deadlineAt != null && (
        <Fact name="Must be over in">
          <Left until={task.lease.deadlineAt} />
        </Fact>
      )}
      {task.backoff != null && (
        <Fact name="Backoff">
          {duration(task.backoff.baseMs ?? 1_000)} × {task.backoff.factor ?? 2}, at most {duration(task.backoff.maxMs ?? 900_000)}
        </Fact>
      )}
      {task.uniqueKey != null && (
        <Fact name="Unique key">
          <bdi>{line(task.uniqueKey, 200)}</bdi>
        </Fact>
      )}
      {task.traceparent != null && (
        <Fact name="Trace">
          <code className="text-xs">{line(task.traceparent, 100)}</code>
        </Fact>
      )}
    </>
  );
}

/** What is known of a task besides what happens to it. */
export function Facts({ task }: { task: Task }) {
  return (
    <Card title="Details">
      <dl className="text-sm">
        <Fact name="Id">
          <span className="-my-1 flex items-center">
            <code className="truncate text-xs">{task.id}</code>
            <CopyButton text={() => task.id} label="Copy the id" bare />
          </span>
        </Fact>
        {task.project != null && (
          <Fact name="Project">
            <Link to="/projects/$name" params={{ name: task.project }} className="text-accent underline underline-offset-2">
              <bdi>{line(task.project, 100)}</bdi>
            </Link>
          </Fact>
        )}
        <Fact name="Priority">
          <Priority value={task.priority} />
        </Fact>
        {(task.roles ?? []).length > 0 && (
          <Fact name="For the roles">
            <Chips names={task.roles ?? []} />
          </Fact>
        )}
        {(task.tags ?? []).length > 0 && (
          <Fact name="Tags">
            <Chips names={task.tags ?? []} />
          </Fact>
        )}
        <Fact name="Attempts">
          <span className="tabular">
            {count(task.attempt)} of {count(task.maxAttempts)}
          </span>
          {(task.losses ?? 0) > 0 && <span className="text-warn">, {count(task.losses ?? 0)} workers lost</span>}
        </Fact>
        <Times task={task} />
        <Limits task={task} />
      </dl>
    </Card>
  );
}

/** The fields that came with it. */
export function Metadata({ task }: { task: Task }) {
  const has = task.metadata != null && Object.keys(task.metadata).length > 0;
  return has ? (
    <Card title="Metadata">
      <JsonTree value={task.metadata} />
    </Card>
  ) : null;
}
