import { useId, useRef, useState } from "react";
import type { FormEvent } from "react";

import { call } from "@/api/call";
import { Failure } from "@/api/failure";
import { client, readAnew } from "@/api/query";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Failed } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";

import type { Names } from "../names";
import { changedMeanwhile, FIELDS, mistakesOf, toCreate, toUpdate, valuesOf } from "./values";
import type { Mistakes, Values } from "./values";
import { CreateOnly, Everywhere } from "./fields";

interface TaskDialogProps {
  /** It was sent. */
  onDone: () => void;
  /** It is left without being sent: what was typed. */
  onLeave: (values: Values) => void;
  /** What the form begins with. */
  initial: Values;
  /** Of the task that is changed; else one is made. */
  id?: string | undefined;
  names: Names;
}

/** Makes a task, or changes one. */
export function TaskDialog({ id, initial, names, onDone, onLeave }: TaskDialogProps) {
  const latest = useRef(initial);
  const leave = () => onLeave(latest.current);
  return (
    <Dialog
      open
      onClose={leave}
      title={id === undefined ? "New task" : "Edit the task"}
      about={id === undefined ? "It is ready for a worker at once, unless it has to wait." : undefined}
      className="w-[min(40rem,calc(100vw-2rem))]"
    >
      <TaskForm id={id} initial={initial} names={names} onDone={onDone} onLeave={leave} latest={(values) => (latest.current = values)} />
    </Dialog>
  );
}

interface FormProps {
  id: string | undefined;
  initial: Values;
  names: Names;
  onDone: () => void;
  onLeave: () => void;
  latest: (values: Values) => void;
}

/** Makes the task; answers what is wrong with it. */
async function make(values: Values): Promise<Mistakes | undefined> {
  const { params, mistakes } = toCreate(values);
  if (mistakes === undefined) await call("task.create", params);
  return mistakes;
}

/** Workers change a task all the time: so often it is looked at again what they did. */
const TRIES = 5;

/**
 * Changes the task; answers what is wrong with that. What somebody else has changed since the form was opened is told, and is
 * from then on what the form began with.
 */
async function alter(id: string, began: { current: Values }, values: Values): Promise<Mistakes | undefined> {
  const { params, mistakes } = toUpdate(began.current, values);
  if (mistakes !== undefined || Object.keys(params).length === 0) return mistakes;
  for (let tries = 1; ; tries += 1) {
    const task = await call("task.get", { id });
    const now = valuesOf(task);
    const theirs = changedMeanwhile(began.current, now, params);
    if (Object.keys(theirs).length > 0) {
      began.current = now;
      return theirs;
    }
    try {
      await call("task.update", { id, updates: params, ifVersion: task.version });
      return undefined;
    } catch (error) {
      const passed = error instanceof Failure && error.code === "conflict" && "version" in error.details;
      if (!passed || tries >= TRIES) throw error;
    }
  }
}

function TaskForm({ id, initial, names, onDone, onLeave, latest }: FormProps) {
  const [values, setValues] = useState(initial);
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const began = useRef(initial);
  const form = useRef<HTMLFormElement>(null);
  const about = useId();
  const change = (some: Partial<Values>) => {
    const next = { ...values, ...some };
    setValues(next);
    latest(next);
    setError(undefined);
    // What is being put right is not told off any longer.
    setMistakes((now) => Object.fromEntries(Object.entries(now).filter(([name]) => !(name in some) && !(name === "when" && ("delay" in some || "at" in some || "unit" in some)))));
  };
  const show = (wrong: Mistakes) => {
    setMistakes(wrong);
    const first = FIELDS.find((name) => wrong[name] !== undefined);
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>(`[data-field="${first}"] :is(input, textarea, select)`)?.focus());
  };
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const wrong = await (id === undefined ? make(values) : alter(id, began, values));
      if (wrong !== undefined) {
        show(wrong);
        return;
      }
      void readAnew(client, ({ queryKey: [method] }) => method === "task.list");
      toast.done(id === undefined ? "The task is made" : "The task is changed");
      onDone();
    } catch (failure) {
      const wrong = mistakesOf(failure, values);
      if (wrong === undefined) setError(failure);
      else show(wrong);
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit();
  };
  return (
    <form ref={form} noValidate onSubmit={onSubmit} aria-describedby={about}>
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        <Everywhere
          values={values}
          mistakes={mistakes}
          change={change}
          names={names}
          edit={id !== undefined}
          onSend={() => void submit()}
        />
        {id === undefined && <CreateOnly values={values} mistakes={mistakes} change={change} names={names} />}
      </div>
      {error !== undefined && <Failed error={error} className="mt-3" />}
      <div className="mt-5 flex items-center justify-end gap-2">
        <p id={about} className="hidden flex-1 text-xs text-faint sm:block">
          Ctrl Enter sends it
        </p>
        <Button onClick={onLeave}>Cancel</Button>
        <Button look="primary" type="submit" busy={busy}>
          {id === undefined ? "Make the task" : "Save"}
        </Button>
      </div>
    </form>
  );
}
