import { Link } from "@tanstack/react-router";
import { Ban, Flag, MoveRight, RotateCcw, UserRound, X } from "lucide-react";

import { explain } from "@/api/failure";
import type { Task } from "@/api/types";
import { count } from "@/shared/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Kbd } from "@/shared/ui/menu";
import { raiseAbove } from "@/shared/ui/toast";

import { isEnd, wayOf } from "./moves";
import { retryAll } from "./questions";
import { fresh, work } from "./run";
import type { Work } from "./run";
import { clearSelection } from "./select";
import { question, selection } from "./state";
import { useStore } from "./store";

/** Puts ended tasks back; asks first where results would be lost. */
export function retry(tasks: readonly Task[]) {
  if (tasks.some((task) => wayOf(task, "pending").kind === "redo")) question.set({ kind: "redo", tasks, lane: "" });
  else void retryAll(tasks);
}

/** What to do with what is selected. */
export function BulkBar() {
  const selected = useStore(selection, (now) => now);
  const doing = useStore(work, (now) => now);
  if (selected.size === 0 && (doing === undefined || doing.over)) return null;
  const tasks = [...selected.values()];
  const ended = tasks.filter(({ status }) => isEnd(status)).length;
  const open = tasks.length - ended;
  const ask = (kind: "move" | "cancel" | "priority" | "assign") => () => question.set({ kind, tasks: fresh(tasks), lane: "" });
  const busy = doing !== undefined && !doing.over;
  return (
    <div ref={raiseAbove} role="toolbar" aria-label="What is selected" className="flex shrink-0 flex-wrap items-center gap-1.5 rounded-xl border border-accent/40 bg-raised p-2 shadow-lg">
      {busy ? (
        <Doing work={doing} />
      ) : (
        <>
          <span role="status" className="tabular px-1.5 font-medium">
            {count(tasks.length)} selected
          </span>
          <Button size="small" onClick={ask("move")}>
            <MoveRight aria-hidden />
            Move to…
          </Button>
          {open > 0 && (
            <Button size="small" look="danger" onClick={ask("cancel")}>
              <Ban aria-hidden />
              Cancel…
            </Button>
          )}
          {ended > 0 && (
            <Button size="small" onClick={() => retry(fresh(tasks))}>
              <RotateCcw aria-hidden />
              Retry
            </Button>
          )}
          <Button size="small" onClick={ask("priority")}>
            <Flag aria-hidden />
            Priority…
          </Button>
          {open > 0 && (
            <Button size="small" onClick={ask("assign")}>
              <UserRound aria-hidden />
              Assign…
            </Button>
          )}
          <span className="flex-1" />
          <Button size="small" look="quiet" onClick={clearSelection}>
            <X aria-hidden />
            Clear <Kbd>Esc</Kbd>
          </Button>
        </>
      )}
    </div>
  );
}

function Doing({ work: { name, done, of, refused } }: { work: Work }) {
  return (
    <div role="status" className="flex w-full items-center gap-3 px-1.5">
      <span className="font-medium">{name}</span>
      <progress aria-label={name} max={of} value={done} className="h-1.5 min-w-0 flex-1 accent-(--accent)" />
      <span className="tabular text-soft">
        {count(done)} of {count(of)}
      </span>
      {refused.length > 0 && <span className="tabular text-failed">{count(refused.length)} refused</span>}
    </div>
  );
}

/** So many refusals are listed; the others say the same as a rule. */
const LISTED = 200;

function Why({ error }: { error: unknown }) {
  const { title, hint } = explain(error);
  return (
    <p className="text-xs break-words">
      <span className="text-failed">{title}</span>
      {hint !== undefined && <span className="block text-soft">{hint}</span>}
    </p>
  );
}

/** What was refused, task by task. */
export function Refused() {
  const done = useStore(work, (now) => (now?.over === true ? now : undefined));
  if (done === undefined) return null;
  const { refused, of, name } = done;
  const close = () => work.set(undefined);
  return (
    <Dialog open onClose={close} title={`${name}: ${count(refused.length)} of ${count(of)} refused`} about={refused.length < of ? "The others are done. What was refused is as it was." : "All are as they were."}>
      <ul className="flex max-h-96 flex-col divide-y overflow-y-auto rounded-lg border">
        {refused.slice(0, LISTED).map(({ task, why }) => (
          <li key={task.id} className="px-3 py-2">
            <Link to="/tasks/$id" params={{ id: task.id }} onClick={close} className="line-clamp-1 font-medium hover:underline">
              {task.text}
            </Link>
            <Why error={why} />
          </li>
        ))}
      </ul>
      {refused.length > LISTED && <p className="mt-2 text-xs text-faint">and {count(refused.length - LISTED)} more</p>}
      <div className="mt-5 flex justify-end">
        <Button look="primary" data-first onClick={close}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
