import { describe, expect, it, vi } from "vitest";

import { Failure, explain } from "@/api/failure";

import { inWords, waitsFor } from "./refusals";

const because = vi.hoisted(() => ({ now: (): unknown[] => [] }));
vi.mock("@/api/call", () => ({ call: () => Promise.resolve().then(() => ({ because: because.now() })) }));

const blockedBy = (...texts: string[]) => texts.map((text) => ({ kind: "blocked_by", id: "t-2", status: "pending", text }));
const blocked = new Failure("conflict", 'Task t-1 is pending: it waits for other tasks: task.explain names them; task.cancel with `dependents: "release"` on them lets it go', { taskId: "t-1", status: "pending" });
const told = async (error: unknown, status: "pending" | "in_progress" | "completed" = "pending") => explain(await inWords({ id: "t-1", status }, error));

describe("waitsFor", () => {
  it("names two, and counts the others", () => {
    expect(waitsFor([])).toBe("It waits for other tasks");
    expect(waitsFor(["One"])).toBe("It waits for “One”");
    expect(waitsFor(["One", "Two"])).toBe("It waits for “One” and “Two”");
    expect(waitsFor(["One", "Two", "Three", "Four", "Five"])).toBe("It waits for “One”, “Two” and 3 more");
    expect(waitsFor(["x".repeat(500)])).toBe(`It waits for “${"x".repeat(59)}…”`);
  });
});

describe("inWords", () => {
  it("names what a task waits for, and no methods", async () => {
    because.now = () => blockedBy("Load-test /products");
    expect(await told(blocked)).toEqual({
      title: "It waits for “Load-test /products”",
      hint: "Complete it first, or cancel it so that others wait for it no longer.",
    });
    because.now = () => {
      throw new Failure("network", "The server cannot be reached");
    };
    expect((await told(blocked)).title).toBe("It waits for other tasks");
  });

  it("says what became of a task meanwhile", async () => {
    const finished = new Failure("conflict", "Task already completed: t-1. task.retry puts it back.", { taskId: "t-1", status: "completed" });
    expect((await told(finished)).title).toBe("It is completed by now");
    expect((await told(finished, "completed")).title).toBe("It is completed already");
    const held = new Failure("conflict", "Task t-1 is already assigned to w-2.", { taskId: "t-1", holder: "w-2" });
    expect((await told(held)).title).toBe("w-2 holds it by now");
  });

  it("says what to do when nothing can be done with the task", async () => {
    expect(await told(new Failure("network", "The server cannot be reached"))).toEqual({ title: "The server cannot be reached", hint: "Try again when it is there." });
    expect((await told(new Failure("not_found", "Instance not found: w-9"))).title).toBe("No worker has this name");
    expect((await told(new Failure("not_found", "Task not found: t-1"))).title).toBe("It was deleted");
  });

  it("keeps the words, and what to do, of all others", async () => {
    const failure = new Failure("forbidden", "The key lacks the scope tasks:write");
    expect(await told(failure)).toEqual(explain(failure));
    expect(explain(failure).hint).toBeDefined();
    expect(await told(new Error("no"))).toEqual({ title: "No" });
  });
});
