// What is asked before a task is assigned, changed or deleted.

import { useState } from "react";

import { call } from "@/api/call";
import { line } from "@/shared/content/safe";
import { count } from "@/shared/format";
import { Button } from "@/shared/ui/button";
import { Confirm } from "@/shared/ui/dialog";
import { Field, Input, Select, TextArea } from "@/shared/ui/field";

import { Form } from "./form";
import type { AskProps } from "./form";
import { useWorkers } from "./workers";

export function AskAssign({ task, change, onClose }: AskProps) {
  const { workers, pending } = useWorkers();
  const [to, setTo] = useState("");
  const suits = (roles: string[]) => (task.roles ?? []).length === 0 || (task.roles ?? []).some((role) => roles.includes(role));
  const options = workers.map(({ id, roles, online }) => [id, `${line(id, 60)}${online ? "" : " (not there)"}${suits(roles) ? "" : " (has none of its roles)"}`] as const);
  const assign = async () => {
    const done = await change.make({
      refused: "Not assigned",
      run: () => call("task.assign", { taskId: task.id, instanceId: to.trim() }),
      guess: { assignedTo: to.trim() },
      told: () => [`It waits for ${line(to, 60)}`, "Nobody else can claim it."],
    });
    if (done) onClose();
  };
  return (
    <Form title="Assign to a worker" about="It is parked there: nobody else can claim it." action="Assign" busy={change.busy} disabled={to.trim() === ""} onClose={onClose} onSubmit={() => void assign()}>
      {pending || options.length > 0 ? (
        <Field label="Worker">
          {(field) => <Select {...field} data-first required value={to} onChange={(event) => setTo(event.target.value)} options={[["", pending ? "Reading who is there" : "Choose a worker"], ...options]} className="w-full" />}
        </Field>
      ) : (
        <Field label="Worker" hint="No worker is registered that you may see; one can be named all the same.">
          {(field) => <Input {...field} data-first required maxLength={200} value={to} onChange={(event) => setTo(event.target.value)} />}
        </Field>
      )}
    </Form>
  );
}

export function AskText({ task, change, onClose }: AskProps) {
  const [text, setText] = useState(task.text);
  const save = async () => {
    onClose();
    await change.make({ refused: "The text stays as it was", run: () => call("task.update", { id: task.id, updates: { text: text.trim() } }), guess: { text: text.trim() } });
  };
  return (
    <Form title="Edit the text" action="Save" busy={change.busy} disabled={text.trim() === ""} onClose={onClose} onSubmit={() => void save()}>
      <Field label="What is to be done" hint={`${count(text.length)} of 500 characters. Ctrl Enter saves.`}>
        {(field) => <TextArea {...field} data-first required maxLength={500} rows={5} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
    </Form>
  );
}

export function AskPriority({ task, change, onClose }: AskProps) {
  const [value, setValue] = useState(String(task.priority));
  const priority = Number(value);
  const right = value.trim() !== "" && Number.isInteger(priority) && priority >= 0 && priority <= 100;
  const save = async () => {
    onClose();
    await change.make({ refused: "The priority stays as it was", run: () => call("task.update", { id: task.id, updates: { priority } }), guess: { priority } });
  };
  return (
    <Form title="Change the priority" action="Save" busy={change.busy} disabled={!right} onClose={onClose} onSubmit={() => void save()}>
      <Field label="Priority" hint="0 to 100; the highest is claimed first." error={right ? undefined : "A whole number from 0 to 100."}>
        {(field) => <Input {...field} data-first type="number" inputMode="numeric" min={0} max={100} step={1} value={value} onChange={(event) => setValue(event.target.value)} className="w-28" />}
      </Field>
      <div className="flex flex-wrap gap-1.5">
        {[10, 25, 50, 75, 90, 100].map((one) => (
          <Button key={one} size="small" aria-pressed={priority === one} onClick={() => setValue(String(one))}>
            {one}
          </Button>
        ))}
      </div>
    </Form>
  );
}

export function AskDelete({ task, change, onClose, onGone }: AskProps) {
  const remove = async () => {
    const done = await change.make({ refused: "Not deleted", run: () => call("task.delete", { id: task.id }), told: () => ["Deleted"] });
    onClose();
    if (done) onGone();
  };
  return (
    <Confirm open onClose={onClose} title="Delete the task?" action="Delete" danger busy={change.busy} onConfirm={() => void remove()}>
      <p>
        “{line(task.text, 120)}” and its {task.attachmentCount === 1 ? "attachment" : `${count(task.attachmentCount ?? 0)} attachments`} are gone for good; what happened to it stays in the events. While other
        tasks wait for it, it cannot be deleted.
      </p>
    </Confirm>
  );
}
