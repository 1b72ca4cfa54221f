// What the server has against a change of a task, as people say it: programs are told of methods and ids.

import { call } from "@/api/call";
import { Failure } from "@/api/failure";
import type { Status, Task } from "@/api/types";
import { count } from "@/shared/format";
import { STATUS_NAMES } from "@/shared/status";

/** So many of those that a task waits for are named. */
const NAMED = 2;
const MOST_LETTERS = 60;

const quoted = (text: string): string => {
  const letters = [...text];
  return `“${letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS - 1).join("").trimEnd()}…` : text}”`;
};

/** For whom a task waits: “One”; “One” and “Two”; “One”, “Two” and 3 more. */
export function waitsFor(texts: readonly string[]): string {
  if (texts.length === 0) return "It waits for other tasks";
  const named = texts.slice(0, NAMED).map(quoted);
  const rest = texts.length - named.length;
  return `It waits for ${rest > 0 ? `${named.join(", ")} and ${count(rest)} more` : named.join(" and ")}`;
}

async function blockers(id: string): Promise<string[]> {
  try {
    const { because } = await call("task.explain", { id });
    return because.flatMap((reason) => (reason.kind === "blocked_by" ? [reason.text] : []));
  } catch {
    // That it waits is known all the same.
    return [];
  }
}

type Words = readonly [title: string, hint?: string];

const isStatus = (value: unknown): value is Status => typeof value === "string" && value in STATUS_NAMES;

/** What a conflict comes from, as far as one can know it. */
async function ofConflict(task: Pick<Task, "id" | "status">, { message, details }: Failure): Promise<Words | undefined> {
  const { status, holder, instanceId } = details;
  if (message.includes("it waits for other tasks")) {
    const texts = await blockers(task.id);
    const it = texts.length === 1 ? "it" : "them";
    return [waitsFor(texts), `Complete ${it} first, or cancel ${it} so that others wait for ${it} no longer.`];
  }
  if (message.includes("cancellation was asked for")) return ["Its worker was asked to stop already", "It ends when its worker has stopped, or 30 seconds later. Then it can be put back."];
  if (isStatus(status) && status !== task.status) return [`It is ${STATUS_NAMES[status].toLowerCase()} by now`, "Somebody else was faster. The board shows where it is."];
  if (isStatus(status) && status !== "pending" && status !== "in_progress") return [`It is ${STATUS_NAMES[status].toLowerCase()} already`, "To do it again, move it to pending."];
  if (typeof holder === "string") return [`${holder} holds it by now`, "To take it from its worker, move it to pending."];
  if (message.includes("not assigned")) return ["Nobody holds it any more", "The board shows where it is."];
  if (typeof instanceId === "string") return [`The worker ${instanceId} is offline`, "Wait until it is back, or choose another one."];
  return undefined;
}

async function words(task: Pick<Task, "id" | "status">, failure: Failure): Promise<Words | undefined> {
  const { code, message } = failure;
  if (code === "conflict") return ofConflict(task, failure);
  if (code === "network") return ["The server cannot be reached", "Try again when it is there."];
  if (code === "duplicate_unique_key") return ["Another open task has the same unique key", "Complete or cancel that one first."];
  if (code === "not_found" && message.startsWith("Instance")) return ["No worker has this name", "A worker registers itself before it is given tasks: choose one of the list."];
  if (code === "not_found") return ["It was deleted", "The board leaves it out from now on."];
  return undefined;
}

/** The same failure in the reader's words, with what to do; as it is where the server's own words say it best. */
export async function inWords(task: Pick<Task, "id" | "status">, error: unknown): Promise<unknown> {
  if (!(error instanceof Failure)) return error;
  const said = await words(task, error);
  return said === undefined ? error : new Failure(error.code, said[0], error.details, said[1]);
}
