import { expect, it } from "vitest";

import { guideLink } from "./links";

it("links lead to pages of the documentation, or elsewhere", () => {
  expect(guideLink("redis.md#rates", "docs/scaling/signals.md")).toEqual({ page: "scaling/redis" });
  expect(guideLink("../operations.md", "docs/scaling/signals.md")).toEqual({ page: "operations" });
  expect(guideLink("../README.md", "docs/tasks.md")).toBeUndefined();
  expect(guideLink("https://example.org/a", "docs/tasks.md")).toEqual({ out: "https://example.org/a" });
  expect(guideLink("javascript:alert(1)", "docs/tasks.md")).toBeUndefined();
  expect(guideLink("#rates", "docs/tasks.md")).toBeUndefined();
});
