// What a session did, as a story: a chapter for each prompt, and in it what came of it.

import type { Event } from "@/api/types";
import { fieldOf, listOf, numberOf, textOf } from "@/shared/value";

import { callOf } from "./calls";
import type { Call } from "./calls";

export interface Ran {
  failed: boolean;
  ms: number | undefined;
  event: Event;
}

export interface ToolStep {
  kind: "tool";
  id: string;
  at: number;
  tool: string;
  target: string;
  /** What the rules said; nothing if only its end is known. */
  call: Call | undefined;
  ran: Ran | undefined;
}

/** Calls after each other of which nothing is to be said. */
export interface RunStep {
  kind: "run";
  id: string;
  at: number;
  steps: readonly ToolStep[];
  tools: readonly (readonly [tool: string, many: number])[];
}

export type TodoState = "pending" | "in_progress" | "completed";

export interface TodoChange {
  content: string;
  /** Where it stands now; `gone` if it is no longer in the list. */
  to: TodoState | "gone";
  isNew: boolean;
}

export interface TodoStep {
  kind: "todos";
  id: string;
  at: number;
  changes: readonly TodoChange[];
  done: number;
  total: number;
}

export interface EventStep {
  kind: "event";
  id: string;
  at: number;
  event: Event;
}

export type Step = ToolStep | RunStep | TodoStep | EventStep;

export interface Chapter {
  id: string;
  at: number;
  /** What somebody said; nothing before the first prompt. */
  prompt: string | undefined;
  steps: Step[];
}

export interface Story {
  chapters: Chapter[];
  /** Each file that was committed, with how often. */
  files: readonly (readonly [file: string, many: number])[];
  commits: number;
}

/** From so many on, calls of which nothing is to be said are told in one line. */
const RUN = 4;

const todoState = (value: unknown): TodoState => (value === "completed" || value === "in_progress" ? value : "pending");

function todosOf(event: Event): Map<string, TodoState> {
  const todos = new Map<string, TodoState>();
  for (const todo of listOf(event.payload, "todos")) {
    const content = textOf(todo, "content");
    if (content !== undefined) todos.set(content, todoState(fieldOf(todo, "status")));
  }
  return todos;
}

function changes(before: ReadonlyMap<string, TodoState>, after: ReadonlyMap<string, TodoState>): TodoChange[] {
  const changed: TodoChange[] = [];
  for (const [content, to] of after) {
    const from = before.get(content);
    if (from !== to) changed.push({ content, to, isNew: from === undefined });
  }
  for (const content of before.keys()) if (!after.has(content)) changed.push({ content, to: "gone", isNew: false });
  return changed;
}

const isTodoTool = (tool: string) => tool === "TodoWrite" || tool === "TaskCreate" || tool === "TaskUpdate";

/** Nothing is to be said of it: it was let through and did not fail. */
const isPlain = (step: Step): step is ToolStep => step.kind === "tool" && (step.call === undefined || step.call.decision === "allow") && step.ran?.failed !== true;

class Teller {
  readonly chapters: Chapter[] = [];
  #todos: ReadonlyMap<string, TodoState> = new Map();
  #open: ToolStep[] = [];
  /** Tasks of todos: what becomes of them is told by the todos. */
  readonly #told: ReadonlySet<string>;

  constructor(told: ReadonlySet<string>) {
    this.#told = told;
  }

  #chapter(event: Event): Chapter {
    const last = this.chapters.at(-1);
    if (last !== undefined) return last;
    const first = { id: event.id, at: event.timestamp, prompt: undefined, steps: [] };
    this.chapters.push(first);
    return first;
  }

  tell(event: Event) {
    const { id, timestamp: at, type, payload } = event;
    switch (type) {
      case "hook.user_prompt.executed":
        this.chapters.push({ id, at, prompt: textOf(payload, "prompt") ?? "", steps: [] });
        return;
      case "hook.pre_tool.executed": {
        const call = callOf(event);
        if (isTodoTool(call.tool) && call.decision === "allow") return;
        const step: ToolStep = { kind: "tool", id, at, tool: call.tool, target: call.target, call, ran: undefined };
        this.#open.push(step);
        this.#chapter(event).steps.push(step);
        return;
      }
      case "hook.post_tool.executed":
        this.#ended(event);
        return;
      case "hook.todo_write.executed": {
        const todos = todosOf(event);
        const changed = changes(this.#todos, todos);
        this.#todos = todos;
        if (changed.length === 0) return;
        const done = [...todos.values()].filter((state) => state === "completed").length;
        this.#chapter(event).steps.push({ kind: "todos", id, at, changes: changed, done, total: todos.size });
        return;
      }
      default:
        if (event.taskId != null && (this.#told.has(event.taskId) || type === "task.attachment.created")) return;
        this.#chapter(event).steps.push({ kind: "event", id, at, event });
    }
  }

  #ended(event: Event) {
    const { payload } = event;
    const tool = textOf(payload, "tool") ?? "?";
    const ran: Ran = { failed: payload["hasError"] === true, ms: numberOf(payload, "executionTime"), event };
    const text = JSON.stringify(payload["params"]);
    // What was changed by a rule ends with other params than it began with.
    const of = (step: ToolStep) => step.tool === tool && step.call?.decision !== "deny";
    const place = this.#open.findIndex((step) => of(step) && JSON.stringify(step.call?.event.payload["params"]) === text);
    const found = place >= 0 ? place : this.#open.findIndex((step) => of(step) && step.call?.decision === "modify");
    const step = this.#open[found];
    if (step !== undefined) {
      step.ran = ran;
      this.#open.splice(found, 1);
      return;
    }
    if (isTodoTool(tool) && !ran.failed) return;
    const { target } = callOf(event);
    this.#chapter(event).steps.push({ kind: "tool", id: event.id, at: event.timestamp, tool, target, call: undefined, ran });
  }
}

function inRuns(steps: readonly Step[]): Step[] {
  const told: Step[] = [];
  let run: ToolStep[] = [];
  const end = () => {
    const first = run[0];
    if (first !== undefined && run.length >= RUN) {
      const tools = new Map<string, number>();
      for (const { tool } of run) tools.set(tool, (tools.get(tool) ?? 0) + 1);
      told.push({ kind: "run", id: first.id, at: first.at, steps: run, tools: [...tools].toSorted((a, b) => b[1] - a[1]) });
    } else told.push(...run);
    run = [];
  };
  for (const step of steps) {
    if (isPlain(step)) run.push(step);
    else {
      end();
      told.push(step);
    }
  }
  end();
  return told;
}

/** Tells the events of a session, the oldest first. */
export function storyOf(events: readonly Event[]): Story {
  const told = new Set<string>();
  const files = new Map<string, number>();
  let commits = 0;
  for (const { type, payload } of events) {
    if (type === "hook.todo_write.executed")
      for (const todo of listOf(payload, "todos")) {
        const task = textOf(todo, "taskId");
        if (task !== undefined) told.add(task);
      }
    if (type === "git.auto_commit.created") {
      commits += 1;
      for (const file of listOf(payload, "files")) if (typeof file === "string") files.set(file, (files.get(file) ?? 0) + 1);
    }
  }
  const teller = new Teller(told);
  for (const event of events) teller.tell(event);
  return {
    chapters: teller.chapters.map((chapter) => ({ ...chapter, steps: inRuns(chapter.steps) })),
    files: [...files].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])),
    commits,
  };
}
