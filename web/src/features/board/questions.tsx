import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import { call } from "@/api/call";
import type { Status, Task } from "@/api/types";
import { count } from "@/shared/format";
import { STATUS_NAMES, STATUSES, StatusIcon } from "@/shared/status";
import { Button } from "@/shared/ui/button";
import { Confirm, Dialog } from "@/shared/ui/dialog";
import { Field, Input, Select, TextArea } from "@/shared/ui/field";
import { Kbd } from "@/shared/ui/menu";

import { EMPTY, valuesOf } from "./form/values";
import type { Values } from "./form/values";
import { TaskDialog } from "./form/task-dialog";
import { wayOf, whyNone } from "./moves";
import { useNames } from "./names";
import { askAndMove, assign, move, runAll } from "./run";
import { question } from "./state";
import type { Question } from "./state";
import { useStore } from "./store";
import { KeepView } from "./views";
import type { BoardSearch } from "./search";

const close = () => question.set(undefined);

const many = (tasks: readonly Task[]) => (tasks.length === 1 ? `“${tasks[0]?.text ?? ""}”` : `${count(tasks.length)} tasks`);

type About = Extract<Question, { tasks: readonly Task[] }>;

/** The dialog that is asked for, one at a time. */
export function Questions({ search }: { search: BoardSearch }) {
  const asked = useStore(question, (now) => now);
  // What was typed into a new task outlives the dialog.
  const [draft, setDraft] = useState<Values>();
  const form = asked?.kind === "create" || asked?.kind === "edit";
  const { names } = useNames(form || asked?.kind === "assign");
  const initial = asked?.kind === "create" ? (draft ?? withGiven(asked.given)) : asked?.kind === "edit" ? valuesOf(asked.task) : EMPTY;
  const isOther = (values: Values) => asked?.kind === "create" && JSON.stringify(values) !== JSON.stringify(withGiven(asked.given));
  return (
    <>
      {form && (
        <TaskDialog
          key={asked.kind === "edit" ? asked.task.id : "new"}
          id={asked.kind === "edit" ? asked.task.id : undefined}
          initial={initial}
          names={names}
          onDone={() => {
            if (asked.kind === "create") setDraft(undefined);
            close();
          }}
          onLeave={(values) => {
            if (asked.kind === "create") setDraft(isOther(values) ? values : undefined);
            close();
          }}
        />
      )}
      {/* Each is there only while it is asked: what was answered before is not answered again. */}
      {asked?.kind === "move" && <MoveTo about={asked} />}
      {asked?.kind === "cancel" && <Cancel about={asked} />}
      {asked?.kind === "redo" && <Redo about={asked} />}
      {asked?.kind === "priority" && <Priority about={asked} />}
      {asked?.kind === "assign" && <Assign about={asked} workers={names.workers} />}
      <KeepView open={asked?.kind === "keep-view"} search={search} onClose={close} />
    </>
  );
}

const withGiven = (given: Partial<Pick<Task, "project" | "roles" | "tags" | "priority">>): Values => ({
  ...EMPTY,
  project: given.project ?? "",
  roles: given.roles ?? [],
  tags: given.tags ?? [],
  priority: String(given.priority ?? 50),
});

interface AskProps {
  about: About;
}

const NARROW = "w-[min(26rem,calc(100vw-2rem))]";

/** Where to move to: also by the digits. */
function MoveTo({ about: { tasks, lane } }: AskProps) {
  const list = useRef<HTMLUListElement>(null);
  const to = (status: Status | undefined) => {
    if (status === undefined || whyNone(tasks, status) !== undefined) return;
    close();
    askAndMove(tasks, status, lane);
  };
  const press = (event: KeyboardEvent) => {
    if (/^[1-5]$/.test(event.key)) {
      // It is no letter of what is asked next.
      event.preventDefault();
      to(STATUSES[Number(event.key) - 1]);
    }
    const way = event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
    if (way === 0) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("button:not(:disabled)") ?? [])];
    buttons[(buttons.findIndex((button) => button === document.activeElement) + way + buttons.length) % buttons.length]?.focus();
  };
  const first = STATUSES.find((status) => whyNone(tasks, status) === undefined);
  return (
    <Dialog open onClose={close} title="Move to" about={<span className="line-clamp-2">{many(tasks)}</span>} className={NARROW}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the buttons in it */}
      <ul ref={list} onKeyDown={press} className="flex flex-col gap-1">
        {STATUSES.map((status, place) => {
          const why = whyNone(tasks, status);
          return (
            <li key={status}>
              <button
                type="button"
                disabled={why !== undefined}
                {...(status === first ? { "data-first": true } : {})}
                onClick={() => to(status)}
                className="flex w-full items-center gap-2.5 rounded-md border px-3 py-2 text-left hover:bg-sunken disabled:border-transparent disabled:bg-transparent"
              >
                <StatusIcon status={status} />
                <span className="flex-1">
                  <span className={why === undefined ? "font-medium" : "text-soft"}>{STATUS_NAMES[status]}</span>
                  {why !== undefined && <span className="block text-xs text-faint">{why}</span>}
                </span>
                {why === undefined && <Kbd>{place + 1}</Kbd>}
              </button>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}

const DEPENDENTS = [
  ["keep", "go on waiting"],
  ["release", "wait no longer"],
  ["cancel", "are cancelled, too"],
] as const;

/** Why tasks are cancelled: their workers are told. */
function Cancel({ about }: AskProps) {
  const [reason, setReason] = useState("");
  const [dependents, setDependents] = useState<(typeof DEPENDENTS)[number][0]>("keep");
  const { tasks, lane } = about;
  const held = tasks.filter(({ status }) => status === "in_progress").length;
  const said = { reason: reason.trim(), dependents };
  const go = () => {
    const going = tasks.filter((task) => wayOf(task, "cancelled").kind !== "never");
    close();
    if (going.length === 1) void move(going, "cancelled", lane, said);
    else void runAll("Cancel", (done) => `${done} called off`, tasks, (task) => call("task.cancel", { id: task.id, dependents, ...(said.reason === "" ? {} : { reason: said.reason }) }));
  };
  return (
    <Dialog
      open
      onClose={close}
      title={`Cancel ${tasks.length === 1 ? "the task" : `${count(tasks.length)} tasks`}`}
      about={
        <>
          <span className="line-clamp-2 break-words">{many(tasks)}</span>
          {held > 0 && "Whoever works on it is told why with the next heartbeat, and has 30 seconds to stop."}
        </>
      }
      className={NARROW}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <Field label="Reason">{(props) => <TextArea {...props} data-first rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}</Field>
        <Field label="Tasks that wait for it" className="mt-3">
          {(props) => <Select {...props} value={dependents} options={DEPENDENTS} onChange={(event) => setDependents(DEPENDENTS.find(([name]) => name === event.target.value)?.[0] ?? "keep")} />}
        </Field>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={close}>Keep as it is</Button>
          <Button look="danger" type="submit">
            {tasks.length === 1 ? "Cancel the task" : "Cancel them"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Before a completed task is done again. */
function Redo({ about }: AskProps) {
  const { tasks, lane } = about;
  const one = tasks.length === 1;
  return (
    <Confirm
      open
      onClose={close}
      title={one ? "Do it again?" : `Do ${count(tasks.length)} tasks again?`}
      action={one ? "Do it again" : "Do them again"}
      onConfirm={() => {
        close();
        if (one) void move(tasks, "pending", lane);
        else void retryAll(tasks);
      }}
    >
      {one ? "It was completed. It goes back to pending, its attempts are forgotten, and its result is deleted." : "Those that were completed lose their results. All go back to pending, with their attempts forgotten."}
    </Confirm>
  );
}

export const retryAll = (tasks: readonly Task[]) =>
  runAll("Retry", (done) => `${done} put back`, tasks, (task) => call("task.retry", { id: task.id, ...(task.status === "completed" ? { force: true } : {}) }));

function Priority({ about }: AskProps) {
  const [value, setValue] = useState("50");
  const { tasks } = about;
  const priority = /^\d{1,3}$/.test(value.trim()) && Number(value) <= 100 ? Number(value) : undefined;
  return (
    <Dialog open onClose={close} title="Change the priority" about={many(tasks)} className={NARROW}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (priority === undefined) return;
          close();
          void runAll("Change the priority", (done) => `${done}: priority ${priority}`, tasks, (task) => call("task.update", { id: task.id, updates: { priority } }));
        }}
      >
        <Field label="Priority" hint="0 to 100: the highest is claimed first" error={priority === undefined ? "Give a whole number from 0 to 100" : undefined}>
          {(props) => <Input {...props} data-first inputMode="numeric" value={value} onChange={(event) => setValue(event.target.value)} />}
        </Field>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" type="submit">
            Change it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Assign({ about, workers }: AskProps & { workers: readonly string[] }) {
  const [worker, setWorker] = useState("");
  const { tasks } = about;
  return (
    <Dialog open onClose={close} title="Assign to a worker" about={<>{many(tasks)}. Nobody else may claim what is assigned.</>} className={NARROW}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (worker.trim() === "") return;
          close();
          void assign(tasks, worker.trim());
        }}
      >
        <Field label="Worker" hint="It must be registered">
          {(props) => (
            <>
              <Input {...props} data-first required list="board-workers" autoComplete="off" maxLength={200} value={worker} onChange={(event) => setWorker(event.target.value)} />
              <datalist id="board-workers">
                {workers.map((name) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" type="submit">
            Assign
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
