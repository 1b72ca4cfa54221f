// Does something with many tasks, a few at a time, and says what became of each.

import { Failure } from "@/api/failure";
import { call } from "@/api/call";
import { client, readAnew } from "@/api/query";
import type { Answer, Status, Task } from "@/api/types";
import { count } from "@/shared/format";
import { STATUS_NAMES } from "@/shared/status";
import { toast } from "@/shared/ui/toast";

import { carryOut, note, wayOf, whyNone } from "./moves";
import type { Said } from "./moves";
import { inWords } from "./refusals";
import { moves, question, selection } from "./state";
import type { Move } from "./state";
import { Store } from "./store";

/** As many calls as go into one request. */
const AT_ONCE = 20;
const TRIES = 4;
/** How long a card that was refused is marked. */
const MARKED_MS = 2_500;

export interface Refusal {
  task: Task;
  why: unknown;
}

/** What is being done with many tasks, and what was refused of it. */
export interface Work {
  name: string;
  done: number;
  of: number;
  refused: readonly Refusal[];
  over: boolean;
}

export const work = new Store<Work | undefined>(undefined);

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Calls; where the server only asks to come back later, does so. */
async function patiently(run: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await run();
      return;
    } catch (error) {
      const later = error instanceof Failure && error.passes && error.code !== "network" && error.code !== "timeout";
      if (!later || tries === TRIES) throw error;
      await wait(error.retryAfterMs ?? 500 * tries);
    }
  }
}

/** Does one thing with each task; answers what was refused, as the server said it. */
async function each(tasks: readonly Task[], run: (task: Task) => Promise<unknown>, progress: (done: number, refused: readonly Refusal[]) => void): Promise<Refusal[]> {
  const refused: Refusal[] = [];
  for (let from = 0; from < tasks.length; from += AT_ONCE) {
    const some = tasks.slice(from, from + AT_ONCE);
    const ends = await Promise.allSettled(some.map((task) => patiently(() => run(task))));
    ends.forEach((end, place) => {
      const task = some[place];
      if (end.status === "rejected" && task !== undefined) refused.push({ task, why: end.reason });
    });
    progress(from + some.length, refused);
  }
  return refused;
}

/** The tasks as they were read last: those that were selected a while ago may have gone on. */
export function fresh(tasks: readonly Task[]): readonly Task[] {
  const latest = new Map(tasks.map((task) => [task.id, task]));
  for (const [, page] of client.getQueriesData<Answer<"task.list">>({ queryKey: ["task.list"] }))
    for (const task of page?.tasks ?? []) if (task.version > (latest.get(task.id)?.version ?? Infinity)) latest.set(task.id, task);
  return [...latest.values()];
}

/** The same refusals as people say it. */
const allInWords = (refused: readonly Refusal[]): Promise<Refusal[]> => Promise.all(refused.map(async ({ task, why }) => ({ task, why: await inWords(task, why) })));

const readTasks = () => readAnew(client, ({ queryKey: [method] }) => method === "task.list" || method === "task.stats");

/** Does something with the tasks, and tells how it went: of one by itself, of many in a list. */
export async function runAll(name: string, done: (many: string) => string, tasks: readonly Task[], run: (task: Task) => Promise<unknown>): Promise<void> {
  if (work.get()?.over === false) {
    toast.info("One thing after the other", "What was begun is still going on.");
    return;
  }
  const of = tasks.length;
  if (of > 1) work.set({ name, done: 0, of, refused: [], over: false });
  const refused = await each(tasks, run, (sofar, no) => {
    if (of > 1) work.set({ name, done: sofar, of, refused: no, over: false });
  });
  const reading = readTasks();
  const told = await allInWords(refused);
  const good = of - refused.length;
  const bad = new Set(refused.map(({ task }) => task.id));
  // What was refused stays selected: something else may be done with it.
  unselect(tasks.filter(({ id }) => !bad.has(id)));
  const [only] = told;
  if (of === 1 && only !== undefined) toast.failed(name, only.why);
  if (good > 0) toast.done(done(good === 1 ? "1 task" : `${count(good)} tasks`));
  work.set(of > 1 && told.length > 0 ? { name, done: of, of, refused: told, over: true } : undefined);
  await reading;
}

function unselect(tasks: readonly Task[]) {
  const next = new Map(selection.get());
  for (const task of tasks) next.delete(task.id);
  if (next.size < selection.get().size) selection.set(next);
}

function mark(tasks: readonly Task[], to: Status, lane: string, phase: Move["phase"]) {
  const next = new Map(moves.get());
  for (const task of tasks) next.set(task.id, { task, to, lane, phase });
  moves.set(next);
}

/** Ends what is shown of their moves; only of those in that phase, if one is named. */
function unmark(tasks: readonly Task[], phase?: Move["phase"]) {
  const next = new Map(moves.get());
  for (const task of tasks) if (phase === undefined || next.get(task.id)?.phase === phase) next.delete(task.id);
  moves.set(next);
}

const never = (task: Task, to: Status): Refusal[] => {
  const way = wayOf(task, to);
  return way.kind === "never" ? [{ task, why: new Error(way.why) }] : [];
};

/** Moves tasks to another column: shown at once, and taken back with the reason where it is refused. */
export async function move(tasks: readonly Task[], to: Status, lane: string, said: Said = {}): Promise<void> {
  const going = tasks.filter((task) => wayOf(task, to).kind !== "never");
  if (going.length === 0) return;
  mark(going, to, lane, "moving");
  const refused = await each(going, (task) => carryOut(task, to, said), () => undefined);
  const back = refused.map(({ task }) => task);
  const gone = going.filter((task) => !back.includes(task));
  // What was refused is where it was, whatever has to be read; what has moved is seen there when it was read.
  mark(back, to, lane, "refused");
  setTimeout(() => unmark(back, "refused"), MARKED_MS);
  const reading = readTasks().then(() => unmark(gone));
  tell(gone, [...(await allInWords(refused)), ...tasks.flatMap((task) => never(task, to))], to);
  await reading;
}

/** Says how a move went: of one in a few words, of many in a list of what was refused. */
function tell(good: readonly Task[], refused: readonly Refusal[], to: Status) {
  const of = good.length + refused.length;
  const name = STATUS_NAMES[to].toLowerCase();
  const [bad] = refused;
  const [one] = good;
  if (of === 1 && bad !== undefined) toast.failed(`Not moved to ${name}`, bad.why);
  const about = of === 1 && one !== undefined ? note(one, to) : undefined;
  if (about !== undefined) toast.info(STATUS_NAMES[to], about);
  if (of === 1) return;
  unselect(good);
  if (refused.length > 0) work.set({ name: `Move to ${name}`, done: of, of, refused, over: true });
  if (good.length > 0) toast.done(`${STATUS_NAMES[to]}: ${good.length === 1 ? "1 task" : `${count(good.length)} tasks`}`);
}

/** Moves tasks, after what has to be asked first. */
export function askAndMove(tasks: readonly Task[], to: Status, lane: string): void {
  const ways = tasks.map((task) => wayOf(task, to));
  const why = whyNone(tasks, to);
  if (why !== undefined) {
    toast.failed(`Not moved to ${STATUS_NAMES[to].toLowerCase()}`, new Error(why));
    return;
  }
  if (ways.some((way) => way.kind === "cancel")) question.set({ kind: "cancel", tasks, lane });
  else if (ways.some((way) => way.kind === "redo")) question.set({ kind: "redo", tasks, lane });
  else void move(tasks, to, lane);
}

/** Parks tasks on a worker. */
export const assign = (tasks: readonly Task[], worker: string) =>
  runAll(`Assign to ${worker}`, (many) => `${many} assigned to ${worker}`, tasks, (task) => call("task.assign", { taskId: task.id, instanceId: worker }));
