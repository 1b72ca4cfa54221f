import { Link } from "@tanstack/react-router";
import { ChevronRight, Circle, CircleCheck, CircleX, ListChecks, LoaderCircle, Minus, Wrench } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";

import { EventIcon } from "@/features/events/icon";
import { say, toneOf } from "@/features/events/say";
import { cn } from "@/shared/cn";
import { clockTime, count, duration, exactTime } from "@/shared/format";
import { LINK, LINK_IN_TEXT } from "@/shared/ui/links";
import { fieldOf, listOf, numberOf, oneLine, shortTask, textOf } from "@/shared/value";

import type { EventStep, RunStep, Step, TodoChange, TodoStep, ToolStep } from "./story";
import { DecisionBadge } from "./verdict";

type Open = (event: string) => void;

const When = ({ at }: { at: number }) => (
  <time dateTime={new Date(at).toISOString()} title={exactTime(at)} className="tabular shrink-0 text-xs text-faint">
    {clockTime(at)}
  </time>
);

/** A line of the story: what it is, what happened, and when. */
function Line({ icon, at, children }: { icon: ReactNode; at: number; children: ReactNode }) {
  return (
    <li className="relative flex min-w-0 items-start gap-3 py-1.5">
      <span className="z-10 flex size-6 shrink-0 items-center justify-center rounded-md bg-panel">{icon}</span>
      <div className="min-w-0 flex-1 pt-0.5">{children}</div>
      <span className="pt-0.5">
        <When at={at} />
      </span>
    </li>
  );
}

const Tile = ({ className, children }: { className: string; children: ReactNode }) => (
  <span className={cn("inline-flex size-6 items-center justify-center rounded-md [&_svg]:size-3.5", className)}>{children}</span>
);

export function StepLine({ step, onOpen }: { step: Step; onOpen: Open }) {
  switch (step.kind) {
    case "tool":
      return <ToolLine step={step} onOpen={onOpen} />;
    case "run":
      return <RunLine step={step} onOpen={onOpen} />;
    case "todos":
      return <TodoLine step={step} />;
    case "event":
      return step.event.type === "git.auto_commit.created" ? <CommitLine step={step} onOpen={onOpen} /> : <EventLine step={step} onOpen={onOpen} />;
  }
}

function ToolLine({ step, onOpen }: { step: ToolStep; onOpen: Open }) {
  const { tool, target, call, ran, at, id } = step;
  const decision = call?.decision ?? "allow";
  return (
    <Line icon={<Tile className={ran?.failed === true ? "bg-failed-soft text-failed" : "bg-sunken text-soft"}>{ran?.failed === true ? <CircleX aria-hidden /> : <Wrench aria-hidden />}</Tile>} at={at}>
      <button type="button" onClick={() => onOpen(id)} className="flex max-w-full min-w-0 flex-wrap items-center gap-x-2 gap-y-1 rounded text-left hover:text-accent md:flex-nowrap">
        <span className="font-medium">{tool}</span>
        <code className="min-w-0 truncate text-xs text-soft" title={target}>
          {target}
        </code>
        {decision !== "allow" && <DecisionBadge decision={decision} />}
        {ran?.failed === true && <span className="text-xs font-medium text-failed">failed</span>}
        {ran?.ms !== undefined && <span className="tabular shrink-0 text-xs text-faint">{duration(ran.ms)}</span>}
      </button>
      {decision !== "allow" && call !== undefined && (
        <p className="mt-0.5 text-xs text-soft">
          {call.reason ?? call.warnings[0]}
          {call.rule !== undefined && (
            <>
              {" "}
              <Link to="/hooks" search={{ view: "calls", rule: call.rule }} className={LINK_IN_TEXT}>
                {call.rule}
              </Link>
            </>
          )}
        </p>
      )}
    </Line>
  );
}

function RunLine({ step, onOpen }: { step: RunStep; onOpen: Open }) {
  const [open, setOpen] = useState(false);
  const { steps, tools, at } = step;
  return (
    <>
      <Line
        icon={
          <Tile className="bg-sunken text-soft">
            <Wrench aria-hidden />
          </Tile>
        }
        at={at}
      >
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="inline-flex max-w-full items-center gap-1 rounded text-left text-soft hover:text-ink">
          <ChevronRight aria-hidden className={cn("size-4 shrink-0 transition-transform", open && "rotate-90")} />
          <span className="min-w-0">
            {count(steps.length)} calls: {tools.map(([tool, many]) => (many === 1 ? tool : `${tool} ${count(many)}×`)).join(", ")}
          </span>
        </button>
      </Line>
      {open && steps.map((one) => <ToolLine key={one.id} step={one} onOpen={onOpen} />)}
    </>
  );
}

const WORDS: Record<TodoChange["to"], string> = { pending: "put back", in_progress: "began", completed: "done", gone: "dropped" };

export const TODO_ICONS = {
  pending: <Circle aria-hidden className="size-4 shrink-0 text-pending" />,
  in_progress: <LoaderCircle aria-hidden className="size-4 shrink-0 text-running" />,
  completed: <CircleCheck aria-hidden className="size-4 shrink-0 text-done" />,
  gone: <Minus aria-hidden className="size-4 shrink-0 text-faint" />,
};

function TodoLine({ step: { changes, done, total, at } }: { step: TodoStep }) {
  return (
    <Line
      icon={
        <Tile className="bg-running-soft text-running">
          <ListChecks aria-hidden />
        </Tile>
      }
      at={at}
    >
      <p>
        Todos: {count(done)} of {count(total)} done
      </p>
      <ul className="mt-1 flex flex-col gap-1">
        {changes.map(({ content, to, isNew }) => (
          <li key={`${to} ${content}`} className="flex min-w-0 items-start gap-1.5 [&_svg]:mt-0.5">
            {TODO_ICONS[to]}
            <span className={cn("min-w-0 break-words", (to === "completed" || to === "gone") && "text-soft line-through")}>{oneLine(content, 300)}</span>
            <span className="shrink-0 text-xs leading-5 text-faint">{isNew && to === "pending" ? "new" : isNew ? `new, ${WORDS[to]}` : WORDS[to]}</span>
          </li>
        ))}
      </ul>
    </Line>
  );
}

/** So many files are listed of a commit. */
const FILES = 8;

function CommitLine({ step: { event, id, at }, onOpen }: { step: EventStep; onOpen: Open }) {
  const { payload } = event;
  const files = listOf(payload, "files").filter((file) => typeof file === "string");
  const stats = payload["stats"];
  const added = numberOf(stats, "additions");
  const removed = numberOf(stats, "deletions");
  const tasks = listOf(fieldOf(payload, "taskContext"), "taskIds").filter((task) => typeof task === "string");
  return (
    <Line icon={<EventIcon type={event.type} />} at={at}>
      <button type="button" onClick={() => onOpen(id)} className="rounded text-left hover:text-accent">
        Committed {files.length === 1 ? "1 file" : `${count(files.length)} files`} on <strong className="font-medium">{textOf(payload, "branch")}</strong> as{" "}
        <code className="text-xs">{(textOf(payload, "commitHash") ?? "").slice(0, 7)}</code>
      </button>
      {added !== undefined && (
        <span className="tabular ml-2 text-xs">
          <span className="text-done">+{count(added)}</span> <span className="text-failed">−{count(removed ?? 0)}</span>
        </span>
      )}
      <ul className="mt-1 flex flex-col gap-0.5 font-mono text-xs text-soft">
        {files.slice(0, FILES).map((file) => (
          <li key={file} className="break-all">
            {file}
          </li>
        ))}
        {files.length > FILES && <li className="font-sans text-faint">and {count(files.length - FILES)} more</li>}
      </ul>
      {tasks.length > 0 && (
        <p className="mt-1 flex flex-wrap gap-2 text-xs">
          {tasks.map((task) => (
            <Link key={task} to="/tasks/$id" params={{ id: task }} className={LINK}>
              {shortTask(task)}
            </Link>
          ))}
        </p>
      )}
    </Line>
  );
}

function EventLine({ step: { event, id, at }, onOpen }: { step: EventStep; onOpen: Open }) {
  const tone = toneOf(event);
  return (
    <Line icon={<EventIcon type={event.type} tone={tone} />} at={at}>
      <button type="button" onClick={() => onOpen(id)} className={cn("max-w-full rounded text-left break-words hover:text-accent", event.type === "hook.event.executed" && "text-soft", tone === "failed" && "text-failed")}>
        {say(event)}
      </button>
    </Line>
  );
}
