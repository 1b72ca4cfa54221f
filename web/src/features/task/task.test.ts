import { describe, expect, it } from "vitest";

import type { Event, Task } from "@/api/types";

import { allowed } from "./allowed";
import { attempts } from "./attempts";
import { heading, saysMore } from "./heading";
import { sentence } from "./sentences";

let at = 0;
const event = (type: string, payload: Record<string, unknown> = {}, more: Partial<Event> = {}): Event => {
  at += 1_000;
  return { type, payload, metadata: {}, id: String(at), timestamp: at, actor: "ada", ...more };
};

describe("the attempts", () => {
  it("begin and end as the history says", () => {
    const found = attempts([
      event("task.created"),
      event("task.claimed", { workerId: "w-1" }, { attempt: 1 }),
      event("task.attempt_failed", { reason: "lease_expired", workerId: "w-1" }),
      event("task.claimed", { workerId: "w-2" }, { attempt: 2 }),
      event("task.completed", { status: "failed", reason: "error", error: "no disk" }),
      event("task.retried"),
      event("task.claimed", { workerId: "w-3" }, { attempt: 1 }),
    ]);
    expect(found.map(({ number, counted, worker, how }) => [number, counted, worker, how])).toEqual([
      [1, 1, "w-1", "failed"],
      [2, 2, "w-2", "failed"],
      [3, 1, "w-3", "running"],
    ]);
    expect(found[0]).toMatchObject({ why: "the worker was not heard of" });
    expect(found[1]).toMatchObject({ error: "no disk" });
  });

  it("are counted when they were ended by hand", () => {
    const found = attempts([event("task.completed", { status: "completed", worked: 400, completedBy: "w-1" })]);
    expect(found).toMatchObject([{ worker: "w-1", how: "completed" }]);
    expect((found[0]?.ended ?? 0) - (found[0]?.began ?? 0)).toBe(400);
  });

  it("may be set going by hand", () => {
    const found = attempts([
      event("task.updated", { status: "in_progress", previousStatus: "pending" }),
      event("task.updated", { status: "in_progress", previousStatus: "in_progress" }),
      event("task.updated", { status: "failed", previousStatus: "in_progress" }),
    ]);
    expect(found).toMatchObject([{ how: "failed" }]);
  });
});

describe("an event", () => {
  it("is told in a sentence", () => {
    expect(sentence(event("task.claimed", { workerId: "w-1", waited: 2_000 }))).toMatchObject({ who: "w-1", says: "took it, 2.0 s after it was made" });
    expect(sentence(event("task.updated", { changes: ["priority", "status"], priority: 9, status: "failed", previousStatus: "pending" })).says).toBe(
      "changed the priority to 9, the status from pending to failed",
    );
    expect(sentence(event("task.cancelled", { reason: "no need" }))).toMatchObject({ why: "no need", tone: "cancelled" });
    expect(sentence(event("task.completed", { status: "failed", reason: "crashed", deadLetter: true })).says).toBe("ended it as failed: the worker’s process broke; it is a dead letter");
  });

  it("of a kind that is not known is told, too", () => {
    expect(sentence(event("constructor")).says).toBe("caused constructor");
    expect(sentence(event("task.updated", { status: "__proto__", changes: [1] })).says).toBe("changed it");
  });
});

describe("what can be done", () => {
  const task = (more: Partial<Task>): Task => ({ id: "t-1", text: "a", status: "pending", priority: 50, createdAt: "", updatedAt: "", version: 1, attempt: 0, maxAttempts: 5, createdBy: "ada", ...more });

  it("depends on where a task stands", () => {
    expect([...allowed(task({}))]).toEqual(["assign", "edit", "priority", "complete", "fail", "cancel", "delete"]);
    expect(allowed(task({ openDependencies: 1 })).has("complete")).toBe(false);
    expect(allowed(task({ status: "in_progress", assignedTo: "w-1" })).has("unassign")).toBe(true);
    expect([...allowed(task({ status: "failed" }))]).toEqual(["edit", "retry", "delete"]);
    expect([...allowed(task({ status: "completed", archived: true }))]).toEqual(["retry"]);
  });
});

describe("the heading", () => {
  it("is the first line, and no more than fits there", () => {
    expect(heading("Mend it")).toBe("Mend it");
    expect(saysMore(" Mend it\n")).toBe(false);
    expect(saysMore("# Mend it")).toBe(false);
    expect(heading("\n## Mend it\r\n\n- now")).toBe("Mend it");
    expect(saysMore("\n## Mend it\r\n\n- now")).toBe(true);
    expect([...heading("😀".repeat(500))]).toHaveLength(201);
    expect(saysMore("x".repeat(500))).toBe(true);
    expect(heading("")).toBe("");
  });
});
