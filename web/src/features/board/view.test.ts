import { describe, expect, it } from "vitest";

import type { Counts, Task } from "@/api/types";

import { lanesOf, MOST_LANES } from "./lanes";
import { namesOf, NO_NAMES } from "./names";
import { boardSearch } from "./search";
import { filtersOf, orderOf } from "./view";
import { asWords, parse } from "./views-store";

const counts = (pending: number): Counts => ({ total: pending, pending, inProgress: 0, completed: 0, failed: 0, cancelled: 0, ready: pending, scheduled: 0, blocked: 0, dead: 0 });

describe("the address", () => {
  it("keeps what makes sense", () => {
    expect(boardSearch({ q: "log in", project: 12, priority: "101", groupBy: "tag", fold: "failed,nothing,pending", column: "failed" })).toEqual({
      q: "log in",
      project: "12",
      fold: "pending,failed",
      column: "failed",
    });
  });

  it("becomes filters as the server takes them", () => {
    expect(filtersOf({ q: "log pag", worker: "w-1", priority: 0, groupBy: "role" })).toEqual({ search: "log* pag*", assignedTo: "w-1", priority: 0 });
    expect(filtersOf({ q: "--" })).toEqual({});
  });
});

describe("orderOf", () => {
  it("is as claims take, unless there are too many to sort for each change", () => {
    expect(orderOf("pending", {}, counts(10))).toBe("queue");
    expect(orderOf("pending", {}, counts(1_000_000))).toBe("createdAt");
    expect(orderOf("pending", { tag: "bug" }, counts(1_000_000))).toBe("queue");
    expect(orderOf("failed", {}, counts(1_000_000))).toBe("updatedAt");
  });
});

describe("lanes", () => {
  it("are those of the names that are about, and what has none", () => {
    const tasks = [{ project: "b" }, { project: "a" }, { project: "b" }, {}] as Task[];
    expect(lanesOf({ groupBy: "project" }, namesOf(tasks)).map(({ name }) => name)).toEqual(["a", "b", "No project"]);
    expect(lanesOf({ groupBy: "project", project: "b" }, namesOf(tasks)).map(({ name }) => name)).toEqual(["b"]);
    expect(lanesOf({}, NO_NAMES)).toHaveLength(1);
    const many = Array.from({ length: 500 }, (_, place) => String(place));
    expect(lanesOf({ groupBy: "role" }, { ...NO_NAMES, roles: many })).toHaveLength(MOST_LANES + 1);
  });
});

describe("views", () => {
  it("that make no sense are left out", () => {
    expect(parse('[{"name":"a","search":{"tag":"bug","priority":"x"}},{"name":""},3,null]')).toEqual([{ name: "a", search: { tag: "bug" } }]);
    expect(parse("{")).toEqual([]);
    expect(parse(null)).toEqual([]);
  });

  it("are the same whatever column a phone shows", () => {
    expect(asWords({ tag: "a", q: "b", column: "failed" })).toBe(asWords({ q: "b", tag: "a" }));
    expect(asWords({ tag: "a" })).not.toBe(asWords({ tag: "b" }));
  });
});
