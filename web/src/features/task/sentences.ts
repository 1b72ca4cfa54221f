// What an event says, in a sentence.

import type { Event } from "@/api/types";
import { line } from "@/shared/content/safe";
import { duration, exactTime, millis } from "@/shared/format";
import { STATUS_NAMES } from "@/shared/status";

export type Tone = "plain" | "running" | "done" | "failed" | "cancelled";

export interface Sentence {
  /** Who did it: bold at its beginning. */
  who: string;
  says: string;
  tone: Tone;
  /** What was given as the cause, in the words of whoever did it. */
  why?: string;
  /** Another task that it is about. */
  task?: string;
}

export const textIn = (event: Event, field: string): string | undefined => {
  const value = event.payload[field];
  return typeof value === "string" && value !== "" ? value : undefined;
};

export const numberIn = (event: Event, field: string): number | undefined => {
  const value = event.payload[field];
  return typeof value === "number" ? value : undefined;
};

const statusName = (status: string | undefined): string =>
  (status === undefined ? "unknown" : Object.hasOwn(STATUS_NAMES, status) ? STATUS_NAMES[status as keyof typeof STATUS_NAMES] : status).toLowerCase();

const REASONS: Record<string, string> = {
  error: "something went wrong",
  invalid_input: "the task itself is wrong",
  refused: "the worker will not do it",
  timeout: "it took too long",
  rate_limited: "a provider allows no more calls now",
  unavailable: "something that is needed cannot be reached",
  crashed: "the worker’s process broke",
  lease_expired: "the worker was not heard of",
  deadline_exceeded: "its time was over",
  instance_failed: "the worker was lost",
};

/** A reason as the server names it, in words. */
export const reasonText = (reason: string): string => (Object.hasOwn(REASONS, reason) ? (REASONS[reason] ?? reason) : line(reason));

const FIELDS: Record<string, string> = { text: "the text", priority: "the priority", metadata: "the metadata", status: "the status", dependsOn: "what it waits for" };

function updated(event: Event): Pick<Sentence, "says" | "tone"> {
  const changes = event.payload["changes"];
  const names = Array.isArray(changes) ? changes.filter((name) => typeof name === "string") : [];
  const [status, before] = [textIn(event, "status"), textIn(event, "previousStatus")];
  const parts = names.map((name) => {
    if (name === "status") return `the status from ${statusName(before)} to ${statusName(status)}`;
    if (name === "priority") return `the priority to ${numberIn(event, "priority") ?? "another"}`;
    return FIELDS[name] ?? name;
  });
  const tone = !names.includes("status") ? "plain" : status === "completed" ? "done" : status === "failed" ? "failed" : status === "cancelled" ? "cancelled" : "plain";
  return { says: `changed ${parts.length === 0 ? "it" : parts.join(", ")}`, tone };
}

function ended(event: Event, by: string): Sentence {
  const worked = numberIn(event, "worked");
  const spent = worked === undefined ? "" : ` after ${duration(worked)} of work`;
  if (textIn(event, "status") !== "failed") return { who: by, says: `completed it${spent}`, tone: "done" };
  const reason = textIn(event, "reason");
  const dead = event.payload["deadLetter"] === true ? "; it is a dead letter" : "";
  const error = textIn(event, "error");
  return {
    who: by,
    says: `ended it as failed${spent}${reason === undefined ? "" : `: ${reasonText(reason)}`}${dead}`,
    tone: "failed",
    ...(error === undefined ? {} : { why: error }),
  };
}

function attemptFailed(event: Event, worker: string): Sentence {
  const [reason, again, error] = [textIn(event, "reason"), textIn(event, "retryAt"), textIn(event, "error")];
  const when = again === undefined ? "" : `; it is tried again from ${exactTime(millis(again))}`;
  return {
    who: worker,
    says: `had its attempt fail${reason === undefined ? "" : `: ${reasonText(reason)}`}${when}`,
    tone: "failed",
    ...(error === undefined ? {} : { why: error }),
  };
}

const withWhy = (sentence: Sentence, why: string | undefined): Sentence => (why === undefined ? sentence : { ...sentence, why });

type Teller = (event: Event) => Sentence;

const tellers: Record<string, Teller> = {
  "task.created": (event) => ({ who: event.actor, says: `made it, with priority ${numberIn(event, "priority") ?? "unknown"}`, tone: "plain" }),
  "task.claimed": (event) => {
    const waited = numberIn(event, "waited");
    return {
      who: textIn(event, "workerId") ?? event.actor,
      says: `took it${waited === undefined ? "" : `, ${duration(waited)} after it was made`}`,
      tone: "running",
    };
  },
  "task.completed": (event) => ended(event, textIn(event, "completedBy") ?? event.actor),
  "task.attempt_failed": (event) => attemptFailed(event, textIn(event, "workerId") ?? event.actor),
  "task.released": (event) => withWhy({ who: textIn(event, "workerId") ?? event.actor, says: "gave it back", tone: "plain" }, textIn(event, "reason")),
  "task.retried": (event) => ({ who: event.actor, says: `put it back to be done again (it was ${statusName(textIn(event, "previousStatus"))})`, tone: "plain" }),
  "task.assigned": (event) => ({
    who: event.actor,
    says: `parked it on ${line(textIn(event, "instanceId") ?? "a worker", 100)}${textIn(event, "previousAssignment") === undefined ? "" : `, instead of ${line(textIn(event, "previousAssignment") ?? "", 100)}`}`,
    tone: "plain",
  }),
  "task.unassigned": (event) => ({ who: event.actor, says: `took it from ${line(textIn(event, "previousAssignment") ?? "its worker", 100)}`, tone: "plain" }),
  "task.cancel_requested": (event) => {
    const until = textIn(event, "graceEndsAt");
    return withWhy({ who: event.actor, says: `asked its worker to stop${until === undefined ? "" : `, at the latest at ${exactTime(millis(until))}`}`, tone: "cancelled" }, textIn(event, "reason"));
  },
  "task.cancelled": (event) => withWhy({ who: event.actor, says: "called it off", tone: "cancelled" }, textIn(event, "reason")),
  "task.unblocked": (event) => {
    const by = textIn(event, "unblockedBy");
    return { who: "The server", says: "let it go on: nothing it waits for is open any more", tone: "plain", ...(by === undefined ? {} : { task: by }) };
  },
  "task.updated": (event) => ({ who: event.actor, ...updated(event) }),
  "task.deleted": (event) => ({ who: textIn(event, "deletedBy") ?? event.actor, says: "deleted it", tone: "failed" }),
  "task.attachment.created": (event) => ({ who: event.actor, says: `attached “${line(textIn(event, "key") ?? "something", 100)}”`, tone: "plain" }),
  "task.attachment.deleted": (event) => ({ who: event.actor, says: `removed the attachment “${line(textIn(event, "key") ?? "something", 100)}”`, tone: "plain" }),
};

export function sentence(event: Event): Sentence {
  const teller = Object.hasOwn(tellers, event.type) ? tellers[event.type] : undefined;
  const told = teller?.(event) ?? { who: event.actor, says: `caused ${line(event.type, 100)}`, tone: "plain" };
  return { ...told, who: line(told.who, 100) };
}
