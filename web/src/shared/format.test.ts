import { expect, test } from "vitest";

import { bytes, duration, millis, relativeTime } from "./format";

test("spans are short and say their units", () => {
  const spans: [number, string][] = [
    [-5, "0 ms"],
    [350, "350 ms"],
    [4_230, "4.2 s"],
    [59_999, "59 s"],
    [60_000, "1 m"],
    [200_000, "3 m 20 s"],
    [3_600_000, "1 h"],
    [18_600_000, "5 h 10 m"],
    [183_600_000, "2 d 3 h"],
  ];
  for (const [ms, text] of spans) expect(duration(ms)).toBe(text);
});

test("times are told from now on", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(relativeTime(now - 200, now)).toMatch(/now|0/);
  expect(relativeTime(now - 3 * 60_000, now)).toMatch(/3/);
  expect(relativeTime(now + 2 * 3_600_000, now)).toMatch(/2/);
  expect(millis("2026-01-01T00:00:00Z")).toBe(now);
});

test("sizes have units", () => {
  expect(bytes(0)).toContain("0");
  expect(bytes(1_536)).toContain("1.5");
});
