import { describe, expect, it } from "vitest";

import type { Health } from "@/api/types";

import { partsOf, scopeParams, scopeWords, shownValue } from "./words";

const health: Health = { status: "healthy", version: "1.0.0", services: { postgres: true, redis: true, mcp: true } };

describe("health in words", () => {
  it("is short when all is well", () => {
    expect(partsOf(health).map(({ name, state, todo }) => [name, state, todo])).toEqual([
      ["Store", "good", undefined],
      ["Coordination", "good", undefined],
      ["MCP", "good", undefined],
    ]);
  });

  it("says what is wrong first, and what to do", () => {
    const parts = partsOf({
      ...health,
      status: "degraded",
      services: { postgres: true, redis: false, mcp: true },
      clusters: [{ name: "east", reached: true }, { name: "west", reached: false }],
      replicas: [
        { name: "b:5432", serves: false, lagging: true, lagMs: 12_000, problem: "connection refused" },
        { name: "a:5432", serves: true, lagging: false, lagMs: 5 },
      ],
    });
    expect(parts.slice(0, 3).map(({ name }) => name)).toEqual(["Coordination", "Redis west", "Replica b:5432"]);
    expect(parts.slice(0, 3).every(({ todo }) => todo !== undefined)).toBe(true);
    expect(parts[2]?.says).toContain("12 s behind: connection refused");
    expect(parts[5]?.name).toBe("Redis east");
  });
});

it("pauses and values are told in words", () => {
  expect(["all" as const, { project: "site" }, { role: "r" }, { tag: "t" }].map(scopeWords)).toEqual(["All tasks", "Project site", "Role r", "Tag t"]);
  expect(scopeParams("all")).toEqual({ all: true });
  expect(scopeParams({ tag: "t" })).toEqual({ tag: "t" });
  expect(["a", 1, ["b"], null, undefined].map(shownValue)).toEqual(["a", "1", '["b"]', "null", ""]);
});
