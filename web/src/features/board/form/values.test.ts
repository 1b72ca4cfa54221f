import { describe, expect, it } from "vitest";

import { Failure } from "@/api/failure";

import { changedMeanwhile, EMPTY, mistakesOf, toCreate, toUpdate, valuesOf } from "./values";

describe("toCreate", () => {
  it("sends only what was given", () => {
    expect(toCreate({ ...EMPTY, text: " Do it " }).params).toEqual({ text: "Do it", priority: 50 });
    expect(toCreate({ ...EMPTY, text: "Do it", when: "delay", delay: "1.5", unit: "h", maxAttempts: "3", metadata: '{"a":1}', dependsOn: [{ id: "t-1", text: "x" }] }).params).toEqual({
      text: "Do it",
      priority: 50,
      delayMs: 5_400_000,
      maxAttempts: 3,
      metadata: { a: 1 },
      dependsOn: ["t-1"],
    });
  });

  it("leaves it to the server to say what a number must be", () => {
    expect(toCreate({ ...EMPTY, text: "x", priority: "high" }).params?.priority).toBe("high");
  });

  it("says what is wrong before anything is sent", () => {
    expect(toCreate({ ...EMPTY, metadata: "{", when: "at" }).mistakes).toMatchObject({ metadata: expect.stringContaining("no JSON") as string, when: "Say when" });
    expect(toCreate({ ...EMPTY, metadata: "[]" }).mistakes?.metadata).toContain("object");
  });
});

describe("toUpdate", () => {
  const before = valuesOf({ text: "Do it", priority: 50, maxAttempts: 5, metadata: { a: 1, b: { c: 2 } } });

  it("sends only what changed", () => {
    expect(toUpdate(before, { ...before, priority: "70", metadata: '{"a":1,"b":{"c":3},"d":4}' }).params).toEqual({ priority: 70, metadata: { b: { c: 3 }, d: 4 } });
    expect(toUpdate(before, before).params).toEqual({});
  });

  it("does not pretend that a field can be taken out", () => {
    expect(toUpdate(before, { ...before, metadata: '{"a":1}' }).mistakes?.metadata).toContain("“b”");
  });
});

describe("changedMeanwhile", () => {
  const before = valuesOf({ text: "Do it", priority: 50, maxAttempts: 5 });

  it("tells what both have changed, and nothing else", () => {
    const now = { ...before, text: "Do it well", priority: "60" };
    expect(Object.keys(changedMeanwhile(before, now, { priority: 70 }))).toEqual(["priority"]);
    expect(changedMeanwhile(before, now, { priority: 70 }).priority).toContain("“60”");
    expect(changedMeanwhile(before, now, { metadata: { a: 1 } })).toEqual({});
    expect(changedMeanwhile(before, before, { text: "Do that", priority: 70 })).toEqual({});
  });
});

describe("mistakesOf", () => {
  it("finds the field that the server means", () => {
    const issues = [
      { path: ["text"], message: "too short" },
      { path: ["roles", 0], message: "empty" },
      { path: ["delayMs"], message: "too long" },
    ];
    expect(mistakesOf(new Failure("invalid_params", "no", { issues }), EMPTY)).toEqual({ text: "Too short", roles: "Empty", when: "Too long" });
    expect(mistakesOf(new Failure("invalid_params", "no", { issues: [{ path: ["updates", "priority"], message: "too big" }] }), EMPTY)).toEqual({ priority: "Too big" });
    expect(mistakesOf(new Failure("not_found", "Task not found: t-9", { taskId: "t-9" }), { dependsOn: [{ id: "t-9", text: "x" }] })).toEqual({ dependsOn: "Task not found: t-9" });
    expect(mistakesOf(new Failure("overloaded", "busy"), EMPTY)).toBeUndefined();
  });
});
