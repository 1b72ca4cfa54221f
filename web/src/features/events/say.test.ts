import { expect, test } from "vitest";

import type { Event } from "@/api/types";

import { EVENT_TYPES } from "./kinds";
import { find, isNewer, wanted } from "./match";
import { say, toneOf, workerOf } from "./say";
import { eventsSearch } from "./search";

const event = (type: string, payload: Record<string, unknown>, more: Partial<Event> = {}): Event => ({ id: "1", type, payload, metadata: {}, timestamp: 0, actor: "ada", ...more });

test("events in sentences", () => {
  const task = { taskId: "t-1883251220047462400" };
  const claimed = event("task.claimed", { workerId: "w-1", attempt: 2 }, task);
  expect(say(claimed)).toBe("w-1 claimed t-…462400, attempt 2");
  expect(say(claimed, () => "Mend the page")).toBe("w-1 claimed “Mend the page”, attempt 2");
  expect(say(event("task.attempt_failed", { workerId: "w-1", attempt: 1, reason: "lease_expired", error: null }, task))).toBe(
    "Attempt 1 of w-1 at t-…462400 failed: the lease ended",
  );
  expect(say(event("hook.pre_tool.executed", { tool: "Bash", params: { command: "rm -rf /" }, validationResult: { decision: "deny", rule: "rm" } }))).toBe("Denied Bash: rm -rf / (rm)");
  expect(say(event("queue.paused", { scope: { project: "site" }, reason: "release" }))).toBe("Paused project site: release");
  expect(say(event("queue.paused", { scope: "all" }))).toBe("Paused everything");
  expect(say(event("instance.failed", { id: "w-1", tasksReassigned: 2 }))).toBe("w-1 fell silent; 2 tasks went back");
});

test("each type is said, whatever it carries", () => {
  for (const type of EVENT_TYPES) {
    expect(say(event(type, {}))).not.toBe("");
    expect(say(event(type, { text: 7, files: "no", scopes: null, validationResult: [] }))).not.toBe("");
  }
  expect(say(event("novel.thing_happened", {}))).toBe("novel thing happened");
});

test("what went wrong", () => {
  expect(toneOf(event("task.completed", { status: "failed" }))).toBe("failed");
  expect(toneOf(event("task.completed", { status: "completed" }))).toBe("done");
  expect(toneOf(event("hook.pre_tool.executed", { validationResult: { decision: "ask" } }))).toBe("warn");
  expect(toneOf(event("task.created", {}))).toBeUndefined();
});

test("which events are wanted", () => {
  const one = event("task.claimed", { workerId: "w-1" }, { taskId: "t-1", project: "site", sessionId: "s-1" });
  expect(workerOf(one)).toBe("w-1");
  expect(wanted(one, {})).toBe(true);
  expect(wanted(one, { types: ["task.*"], project: "site", task: "t-1", session: "s-1", actor: "w-1" })).toBe(true);
  expect(wanted(one, { actor: "ada" })).toBe(true);
  for (const filter of [{ types: ["queue.*"] }, { types: ["task.claim"] }, { project: "other" }, { task: "t-2" }, { session: "s-2" }, { actor: "bob" }]) expect(wanted(one, filter)).toBe(false);
});

test("words are found in the sentence, in what it carries and in the task's name", () => {
  const all = [event("task.claimed", { workerId: "w-1", note: "Safari" }, { taskId: "t-1" }), event("queue.resumed", { scope: "all" })];
  const nameOf = (task: string) => (task === "t-1" ? "Mend the page" : undefined);
  expect(find(all, "SAFARI claimed", nameOf)).toEqual([all[0]]);
  expect(find(all, "mend", nameOf)).toEqual([all[0]]);
  expect(find(all, "everything", nameOf)).toEqual([all[1]]);
  expect(find(all, " ", nameOf)).toBe(all);
});

test("cursors are compared as numbers", () => {
  expect(isNewer("10", "9")).toBe(true);
  expect(isNewer("9", "10")).toBe(false);
  expect(isNewer("9223372036854775807", "9223372036854775806")).toBe(true);
});

test("what makes no sense in the address is left out", () => {
  expect(eventsSearch({ types: "task.*,<script>,hook.pre_tool.executed", project: "", event: "x", q: 7 })).toEqual({ types: "task.*,hook.pre_tool.executed", q: "7" });
});
