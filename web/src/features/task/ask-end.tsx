// What is asked before a task is ended by hand, or put back after its end.

import { useState } from "react";

import { call } from "@/api/call";
import type { Answer, Params, Task } from "@/api/types";
import { count } from "@/shared/format";
import { Field, Input, Select, TextArea } from "@/shared/ui/field";

import { Form } from "./form";
import type { AskProps } from "./form";

type Dependents = NonNullable<Params<"task.cancel">["dependents"]>;

const DEPENDENTS: readonly (readonly [Dependents, string])[] = [
  ["keep", "Keep waiting"],
  ["cancel", "Are cancelled too, and those that wait for them"],
  ["release", "Go on as if it had been completed"],
];

function cancelled(answer: Answer<"task.cancel">): [string, string?] {
  const more: string[] = [];
  if (answer.alsoCancelledCount > 0) more.push(`${count(answer.alsoCancelledCount)} that waited for it were cancelled too.`);
  if (answer.releasedCount > 0) more.push(`${count(answer.releasedCount)} that waited for it go on.`);
  const title = answer.status === "cancelled" ? "Cancelled" : "Its worker is told to stop";
  return more.length === 0 ? [title] : [title, more.join(" ")];
}

export function AskCancel({ task, change, onClose }: AskProps) {
  const [reason, setReason] = useState("");
  const [dependents, setDependents] = useState<Dependents>("keep");
  const [grace, setGrace] = useState("30");
  const held = task.status === "in_progress";
  const cancel = async () => {
    const why = reason.trim();
    onClose();
    await change.make({
      refused: "Not cancelled",
      run: () =>
        call("task.cancel", {
          id: task.id,
          dependents,
          ...(why === "" ? {} : { reason: why }),
          ...(held ? { graceMs: Math.round(Number(grace) * 1_000) } : {}),
        }),
      ...(held ? {} : { guess: { status: "cancelled" as const } }),
      told: cancelled,
    });
  };
  return (
    <Form
      title="Cancel the task"
      about={held ? "Its worker is told with its next heartbeat, and has a moment to stop." : "It is called off at once."}
      action="Cancel the task"
      danger
      busy={change.busy}
      onClose={onClose}
      onSubmit={() => void cancel()}
    >
      <Field label="Why">{(field) => <Input {...field} data-first maxLength={500} placeholder="Nobody needs it any more" value={reason} onChange={(event) => setReason(event.target.value)} />}</Field>
      <Field label="Tasks that wait for it">
        {(field) => (
          <Select
            {...field}
            className="w-full"
            value={dependents}
            onChange={(event) => setDependents(DEPENDENTS.find(([value]) => value === event.target.value)?.[0] ?? "keep")}
            options={DEPENDENTS}
          />
        )}
      </Field>
      {held && (
        <Field label="Seconds that its worker has to stop" hint="After that the task is taken from it.">
          {(field) => <Input {...field} type="number" min={0} max={3_600} required value={grace} onChange={(event) => setGrace(event.target.value)} className="w-28" />}
        </Field>
      )}
    </Form>
  );
}

export function AskRetry({ task, change, onClose }: AskProps) {
  const [delay, setDelay] = useState("0");
  const [priority, setPriority] = useState(String(task.priority));
  const retry = async () => {
    onClose();
    const wanted = Number(priority);
    await change.make({
      refused: "Not put back",
      run: () =>
        call("task.retry", {
          id: task.id,
          ...(task.status === "completed" ? { force: true } : {}),
          ...(Number(delay) > 0 ? { delayMs: Math.round(Number(delay) * 60_000) } : {}),
          ...(priority !== "" && wanted !== task.priority ? { priority: wanted } : {}),
        }),
      guess: { status: "pending", dead: false },
      told: () => ["It waits to be done again"],
    });
  };
  return (
    <Form
      title={task.dead === true ? "Redrive the dead letter" : "Do it again"}
      about={task.status === "completed" ? "It was completed: its result is dropped, and its attempts are counted anew." : "Its end is forgotten, and its attempts are counted anew."}
      action={task.dead === true ? "Redrive" : "Do it again"}
      busy={change.busy}
      onClose={onClose}
      onSubmit={() => void retry()}
    >
      <div className="flex flex-wrap gap-3">
        <Field label="Not before so many minutes">{(field) => <Input {...field} data-first type="number" min={0} max={525_600} step="any" value={delay} onChange={(event) => setDelay(event.target.value)} className="w-32" />}</Field>
        <Field label="With the priority">{(field) => <Input {...field} type="number" min={0} max={100} value={priority} onChange={(event) => setPriority(event.target.value)} className="w-32" />}</Field>
      </div>
    </Form>
  );
}

/** A task that waits for nobody in particular is set going before it is ended by hand. */
async function takenUp(task: Task) {
  if (task.status === "pending" && task.assignedTo == null) await call("task.update", { id: task.id, updates: { status: "in_progress" } });
}

export function AskComplete({ task, change, onClose }: AskProps) {
  const [result, setResult] = useState("");
  const complete = async () => {
    onClose();
    await change.make({
      refused: "Not completed",
      run: async () => {
        await takenUp(task);
        return call("task.complete", { id: task.id, ...(result.trim() === "" ? {} : { result: asJson(result) }) });
      },
      guess: { status: "completed" },
      told: () => ["Completed"],
    });
  };
  return (
    <Form
      title="Complete it by hand"
      about={task.status === "in_progress" ? "Its worker is refused when it reports afterwards." : undefined}
      action="Complete"
      busy={change.busy}
      onClose={onClose}
      onSubmit={() => void complete()}
    >
      <Field label="Result" hint="Text or JSON; it may be left empty.">{(field) => <TextArea {...field} data-first rows={4} value={result} onChange={(event) => setResult(event.target.value)} className="font-mono" />}</Field>
    </Form>
  );
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const AGAIN = [
  ["no", "Failed for good: a dead letter"],
  ["yes", "Tried again after its backoff"],
] as const;

export function AskFail({ task, change, onClose }: AskProps) {
  const [error, setError] = useState("");
  const [again, setAgain] = useState("no");
  const fail = async () => {
    onClose();
    await change.make({
      refused: "Not failed",
      run: async () => {
        await takenUp(task);
        return call("task.fail", { id: task.id, retryable: again === "yes", ...(error.trim() === "" ? {} : { error: error.trim() }) });
      },
      ...(again === "yes" ? {} : { guess: { status: "failed" as const, dead: true } }),
      told: (answer) => [answer.dead ? "Failed: it is a dead letter" : "The attempt failed: it is tried again"],
    });
  };
  return (
    <Form title="Fail it by hand" action="Fail it" danger busy={change.busy} onClose={onClose} onSubmit={() => void fail()}>
      <Field label="What went wrong">{(field) => <TextArea {...field} data-first rows={3} maxLength={10_000} value={error} onChange={(event) => setError(event.target.value)} />}</Field>
      <Field label="Then">{(field) => <Select {...field} className="w-full" value={again} onChange={(event) => setAgain(event.target.value)} options={AGAIN} />}</Field>
    </Form>
  );
}
