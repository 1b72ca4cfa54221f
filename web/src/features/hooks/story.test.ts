import { expect, test } from "vitest";

import type { Event } from "@/api/types";

import { callOf, chosenCalls, countBy } from "./calls";
import { rulesOf } from "./rules";
import { storyOf } from "./story";

let last = 0;
const event = (type: string, payload: Record<string, unknown>, more: Partial<Event> = {}): Event => {
  last += 1;
  return { id: String(last), type, payload, metadata: {}, timestamp: last, actor: "ada", ...more };
};
const pre = (tool: string, params: unknown, decision = "allow", rule: string | null = null) => event("hook.pre_tool.executed", { tool, params, validationResult: { decision, rule, warnings: [] } });
const post = (tool: string, params: unknown, hasError = false) => event("hook.post_tool.executed", { tool, params, hasError, executionTime: 5 });
const prompt = (text: string) => event("hook.user_prompt.executed", { prompt: text });
const todos = (...all: [string, string, string?][]) => event("hook.todo_write.executed", { todos: all.map(([content, status, taskId]) => ({ content, status, taskId })) });

test("each prompt begins a chapter, and a call is told with how it ended", () => {
  const story = storyOf([
    event("session.started", { sessionId: "s", instanceId: "w" }),
    prompt("Mend it"),
    pre("Bash", { command: "npm test" }, "modify", "pnpm"),
    pre("Bash", { command: "rm -rf /" }, "deny", "rm"),
    post("Bash", { command: "pnpm test" }, true),
  ]);
  expect(story.chapters.map(({ prompt: said, steps }) => [said, steps.length])).toEqual([
    [undefined, 1],
    ["Mend it", 2],
  ]);
  const [test_, removal] = story.chapters[1]?.steps ?? [];
  expect(test_).toMatchObject({ kind: "tool", target: "npm test", call: { decision: "modify" }, ran: { failed: true, ms: 5 } });
  expect(removal).toMatchObject({ kind: "tool", call: { decision: "deny", rule: "rm" }, ran: undefined });
});

test("calls of which nothing is to be said are told together", () => {
  const calls = ["a", "b", "c", "d"].flatMap((path) => [pre("Read", { file_path: path }), post("Read", { file_path: path })]);
  const { chapters } = storyOf([prompt("Look"), ...calls, pre("Read", { file_path: ".env" }, "deny", "no-env"), pre("Edit", { file_path: "a" })]);
  expect(chapters[0]?.steps.map(({ kind }) => kind)).toEqual(["run", "tool", "tool"]);
  expect(chapters[0]?.steps[0]).toMatchObject({ tools: [["Read", 4]] });
});

test("todos are told as they change, and their tasks are not told twice", () => {
  const { chapters } = storyOf([
    todos(["Look", "in_progress", "t-1"], ["Mend", "pending"]),
    event("task.claimed", { workerId: "w" }, { taskId: "t-1" }),
    event("task.claimed", { workerId: "w" }, { taskId: "t-9" }),
    todos(["Look", "completed", "t-1"], ["Test", "pending"]),
    todos(["Look", "completed", "t-1"], ["Test", "pending"]),
  ]);
  const steps = chapters[0]?.steps ?? [];
  expect(steps.map(({ kind }) => kind)).toEqual(["todos", "event", "todos"]);
  expect(steps[2]).toMatchObject({
    done: 1,
    total: 2,
    changes: [
      { content: "Look", to: "completed", isNew: false },
      { content: "Test", to: "pending", isNew: true },
      { content: "Mend", to: "gone" },
    ],
  });
});

test("files that were committed are counted; what has another form does no harm", () => {
  const story = storyOf([
    event("git.auto_commit.created", { files: ["a", "b"] }),
    event("git.auto_commit.created", { files: ["b", 7] }),
    event("git.auto_commit.created", { files: "c" }),
    event("hook.todo_write.executed", { todos: [null, 1, {}] }),
    event("hook.pre_tool.executed", {}),
  ]);
  expect(story.commits).toBe(3);
  expect(story.files).toEqual([
    ["b", 2],
    ["a", 1],
  ]);
});

test("calls are counted by rule, at its strictest", () => {
  const calls = [pre("Bash", {}, "ask", "x"), pre("Bash", {}, "deny", "x"), pre("Read", {}), pre("Bash", {}, "warn", "y")].map(callOf);
  expect(countBy(calls, "rule")).toEqual([
    { name: "x", many: 2, decision: "deny" },
    { name: "y", many: 1, decision: "warn" },
  ]);
  expect(countBy(calls, "tool").map(({ name, many }) => [name, many])).toEqual([
    ["Bash", 3],
    ["Read", 1],
  ]);
  expect(chosenCalls(calls, { rule: "x", decision: "deny" })).toHaveLength(1);
});

test("rules are read as they are written", () => {
  const rules = rulesOf(`# Ours
[[hook.rule]]
name = "no-push" # of anything
tools = ["Bash",
  'mcp__*']
when = [
    { command = "git", arguments = "push # ]" },
    { command = "hg" },
]
action = "ask"
message = "A \\"person\\" looks."
locked = true

[[hook.rule]]
name = "strip-sudo"
enabled = false
modify = { strip = ["sudo"] }
`);
  expect(rules).toMatchObject([
    { name: "no-push", tools: ["Bash", "mcp__*"], action: "ask", message: 'A "person" looks.', locked: true, enabled: true, more: [] },
    { name: "strip-sudo", enabled: false, more: [["modify", '{ strip = ["sudo"] }']] },
  ]);
  expect(rules[0]?.when).toContain('{ command = "hg" }');
});
