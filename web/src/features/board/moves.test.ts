import { describe, expect, it } from "vitest";

import { STATUSES } from "@/shared/status";

import { wayOf, whyNone } from "./moves";

describe("wayOf", () => {
  it("knows what each move takes", () => {
    const table = STATUSES.map((from) => STATUSES.map((to) => wayOf({ id: "t-1", status: from }, to).kind));
    expect(table).toEqual([
      ["never", "direct", "direct", "direct", "cancel"],
      ["direct", "never", "direct", "direct", "cancel"],
      ["redo", "never", "never", "never", "never"],
      ["direct", "direct", "direct", "never", "never"],
      ["direct", "never", "never", "never", "never"],
    ]);
  });

  it("says why none can go somewhere only if none can", () => {
    const [done, open] = [{ id: "t-1", status: "completed" } as const, { id: "t-2", status: "pending" } as const];
    expect(whyNone([done], "failed")).toBe("Completed tasks only go back to pending");
    expect(whyNone([done, open], "failed")).toBeUndefined();
  });
});
