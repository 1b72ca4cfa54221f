// Each event in one plain sentence.

import type { Event, EventType, Payload } from "@/api/types";
import { bytes, count, duration } from "@/shared/format";
import { STATUS_NAMES } from "@/shared/status";
import { fieldOf, numberOf, oneLine, shortSession, shortTask, targetOf, textOf } from "@/shared/value";

/** What a task is called, if that is known. */
export type NameOf = (task: string) => string | undefined;

const tasks = (many: number) => (many === 1 ? "1 task" : `${count(many)} tasks`);
const files = (many: number) => (many === 1 ? "1 file" : `${count(many)} files`);
const because = (reason: string | null | undefined) => (reason == null || reason === "" ? "" : `: ${oneLine(reason)}`);
const wentBack = (many: number) => (many === 0 ? "" : many === 1 ? "; 1 task went back" : `; ${count(many)} tasks went back`);

const REASONS: Record<string, string> = {
  lease_expired: "the lease ended",
  deadline_exceeded: "the deadline passed",
  instance_failed: "its worker fell silent",
  instance_unregistered: "its worker left",
  error: "",
};

export const reasonName = (reason: string | null | undefined) => (reason == null ? "" : (REASONS[reason] ?? reason));

const VERDICTS: Record<string, string> = { deny: "Denied", ask: "Asked about", modify: "Changed", warn: "Warned of", allow: "Allowed" };

const scopeName = (scope: unknown): string => {
  if (scope === "all") return "everything";
  for (const kind of ["project", "role", "tag", "worker"]) {
    const name = textOf(scope, kind);
    if (name !== undefined) return `${kind} ${name}`;
  }
  return "a part of the queue";
};

type Say = { [T in EventType]: (payload: Payload<T>, task: string, event: Event) => string };

const call = (tool: string, params: unknown) => {
  const target = targetOf(params);
  return target === "" ? tool : `${tool}: ${target}`;
};

const OF_TASKS: Pick<Say, Extract<EventType, `task.${string}`>> = {
  "task.created": (of) => `Created “${oneLine(of.text)}”`,
  "task.claimed": (of, task) => `${of.workerId} claimed ${task}${of.attempt > 1 ? `, attempt ${of.attempt}` : ""}`,
  "task.updated": (of) =>
    of.status === of.previousStatus
      ? `Changed ${of.changes.join(", ") || "nothing"} of “${oneLine(of.text)}”`
      : `Set “${oneLine(of.text)}” from ${STATUS_NAMES[of.previousStatus].toLowerCase()} to ${STATUS_NAMES[of.status].toLowerCase()}`,
  "task.completed": (of, task) => {
    const took = of.worked == null ? "" : ` in ${duration(of.worked)}`;
    const by = of.completedBy ?? "Somebody";
    return of.status === "completed" ? `${by} completed ${task}${took}` : `${by} failed ${task} for good${because(of.error ?? reasonName(of.reason))}`;
  },
  "task.attempt_failed": (of, task) => `Attempt ${of.attempt} of ${of.workerId ?? "somebody"} at ${task} failed${because(of.error ?? reasonName(of.reason))}`,
  "task.released": (of, task) => `${of.workerId ?? "Somebody"} gave ${task} back${because(reasonName(of.reason))}`,
  "task.retried": (of, task) => `Put ${task} back in the queue; it was ${STATUS_NAMES[of.previousStatus].toLowerCase()}`,
  "task.assigned": (of, task) => `Assigned ${task} to ${of.instanceId}`,
  "task.unassigned": (of, task) => `Took ${task} from ${of.previousAssignment ?? "nobody"}`,
  "task.unblocked": (of, task) => `${task} is ready: ${shortTask(of.unblockedBy)} has ended`,
  "task.cancel_requested": (of, task) => `Asked to call off ${task}${because(of.reason)}`,
  "task.cancelled": (of, task) => `Cancelled ${task}${because(of.reason)}`,
  "task.deleted": (of, task) => `${of.deletedBy} deleted ${task}`,
  "task.attachment.created": (of, task) => `Attached ${of.key} to ${task}`,
  "task.attachment.deleted": (of, task) => `Removed ${of.key} from ${task}`,
};

const verdict = (result: unknown) => {
  const rule = textOf(result, "rule");
  return rule === undefined ? "" : ` (${rule})`;
};

const OF_AGENTS: Pick<Say, Extract<EventType, `${"session" | "hook" | "git" | "context" | "agent" | "notification" | "alert"}.${string}`>> = {
  "session.started": (of) => `Session ${shortSession(of.sessionId)} of ${of.instanceId} began${of.projectDir == null ? "" : ` in ${of.projectDir}`}`,
  "session.ended": (of) => `Session ${shortSession(of.sessionId)} of ${of.instanceId} ended${because(of.reason)}${wentBack(of.tasksReassigned)}`,
  "session.snapshot.created": (of) => `Kept a snapshot of session ${shortSession(of.sessionId)}, ${bytes(of.size)} (${of.reason.replaceAll("_", " ")})`,
  "session.rehydrated": (of) => `Session ${shortSession(of.sessionId)} got back what it needs to go on`,
  "hook.pre_tool.executed": (of) =>
    `${VERDICTS[textOf(of.validationResult, "decision") ?? ""] ?? "Judged"} ${call(of.tool, of.params)}${verdict(of.validationResult)}`,
  "hook.post_tool.executed": (of) =>
    `${of.hasError ? "Failed" : "Ran"} ${call(of.tool, of.params)}${of.executionTime == null ? "" : ` in ${duration(of.executionTime)}`}`,
  "hook.user_prompt.executed": (of) => `Prompt: “${oneLine(of.prompt)}”`,
  "hook.todo_write.executed": (of) => `Todos: ${numberOf(of.stats, "completed") ?? 0} of ${numberOf(of.stats, "total") ?? 0} done`,
  "hook.event.executed": (of) => {
    const more = textOf(of.data, "agent_type") ?? textOf(of.data, "message") ?? textOf(of.data, "reason");
    return `Hook ${of.hookEvent}${because(more)}`;
  },
  "git.auto_commit.created": (of) => `Committed ${files(of.files.length)} on ${of.branch} as ${of.commitHash.slice(0, 7)}`,
  "context.pre_compact": (of) => `Context of session ${shortSession(of.sessionId)} is compacted; ${tasks(of.tasksPreserved)} kept`,
  "agent.stopped": (of) => `${of.agentType || "Agent"} of ${of.instanceId} stopped`,
  "notification.received": (of) => `${of.instanceId}: ${oneLine(of.message)}`,
  "alert.tool_errors": (of) => `${of.tool} failed ${count(of.errorCount)} times: ${oneLine(of.message)}`,
};

const OF_SYSTEM: Omit<Say, keyof typeof OF_TASKS | keyof typeof OF_AGENTS> = {
  "queue.paused": (of) => `Paused ${scopeName(of.scope)}${because(of.reason)}`,
  "queue.resumed": (of) => `Resumed ${scopeName(of.scope)}`,
  "instance.registered": (of) => `${of.id} registered${of.roles.length === 0 ? "" : ` as ${of.roles.join(", ")}`}`,
  "instance.unregistered": (of) => `${of.id} left${wentBack(of.tasksReassigned)}`,
  "instance.failed": (of) => `${of.id} fell silent${wentBack(of.tasksReassigned)}`,
  "batch.completed": (of) => `${of.processorId} completed batch ${of.batchId} of ${count(of.itemsProcessed)}`,
  "quorum.decision.made": (of) => `${count(of.voteCount)} of ${count(of.quorum)} decided ${of.decision}: ${oneLine(of.value)}`,
  "config.changed": (of) => {
    const value = of.value === null || of.value === undefined ? "" : oneLine(typeof of.value === "string" ? of.value : JSON.stringify(of.value), 60);
    return value === "" ? `Removed ${of.key}` : `Set ${of.key} to ${value}`;
  },
  "system.flushed": (of) => `Deleted everything: ${tasks(of.tasksDeleted)}`,
  "replica.lagging": (of) => `Replica ${of.replica} lags${of.lagMs == null ? "" : ` by ${duration(of.lagMs)}`}${because(of.problem)}`,
  "replica.recovered": (of) => `Replica ${of.replica} follows again`,
  "key.created": (of) => `Made the key ${of.name} for ${of.scopes.join(", ")}`,
  "key.revoked": (of) => `Revoked the key ${of.id}`,
  "login.started": (of) => `Logged in with the key ${of.key}`,
  "login.ended": (of) => `Logged out (key ${of.key})`,
};

const SAY: Say = { ...OF_TASKS, ...OF_AGENTS, ...OF_SYSTEM };

/** What happened. */
export function say(event: Event, nameOf: NameOf = () => undefined): string {
  const id = event.taskId ?? undefined;
  const name = id === undefined ? undefined : nameOf(id);
  const task = name === undefined ? (id === undefined ? "a task" : shortTask(id)) : `“${oneLine(name, 80)}”`;
  const speak = (SAY as Record<string, ((payload: unknown, task: string, event: Event) => string) | undefined>)[event.type];
  try {
    // A server of another version may send fields that are not known here, or leave some out.
    return speak?.(event.payload, task, event) ?? event.type.replaceAll(/[._]/g, " ");
  } catch {
    return event.type.replaceAll(/[._]/g, " ");
  }
}

export type Tone = "failed" | "warn" | "done";

/** Whether it went wrong, or well. */
export function toneOf({ type, payload }: Event): Tone | undefined {
  switch (type) {
    case "task.attempt_failed":
    case "instance.failed":
    case "alert.tool_errors":
    case "replica.lagging":
    case "system.flushed":
      return "failed";
    case "task.completed":
      return payload["status"] === "completed" ? "done" : "failed";
    case "hook.post_tool.executed":
      return payload["hasError"] === true ? "failed" : undefined;
    case "hook.pre_tool.executed": {
      const decision = fieldOf(payload["validationResult"], "decision");
      return decision === "deny" ? "failed" : decision === "ask" || decision === "modify" || decision === "warn" ? "warn" : undefined;
    }
    case "task.cancel_requested":
    case "queue.paused":
      return "warn";
    default:
      return undefined;
  }
}

/** The worker that an event is about. */
export function workerOf({ type, payload }: Event): string | undefined {
  return (
    textOf(payload, "instanceId") ??
    textOf(payload, "workerId") ??
    textOf(payload, "completedBy") ??
    (type.startsWith("instance.") ? textOf(payload, "id") : undefined)
  );
}
