import { describe, expect, it } from "vitest";

import { faded, lonely, pointTime, roomFor, timeLabels } from "./scale";

describe("points", () => {
  it("without neighbours are drawn as points", () => {
    expect(lonely([1, 2, null, 3, null, null, 4])).toEqual([3, 6]);
    expect(lonely([])).toEqual([]);
  });

  it("say for how long they stand", () => {
    const at = Date.UTC(2026, 4, 12, 10, 5);
    expect(pointTime(at, 60_000, true)).toMatch(/10:05.*10:06/);
    expect(pointTime(Date.UTC(2026, 4, 12), 86_400_000, true)).toMatch(/12/);
  });
});

describe("the axis of time", () => {
  it("names the day where one begins", () => {
    const hours = [22, 23, 24, 25].map((hour) => Date.UTC(2026, 4, 12, hour));
    const labels = timeLabels(hours, 3_600_000, true);
    expect(labels[2]).toMatch(/13/);
    expect(labels[2]).not.toMatch(/:/);
    expect(labels[3]).toMatch(/1:00/);
  });

  it("names months of a year", () => {
    expect(timeLabels([Date.UTC(2026, 4, 1)], 30 * 86_400_000, true)[0]).toMatch(/2026/);
  });
});

it("colours are made faint", () => {
  expect(faded("#112233", 0.5)).toBe("#11223380");
  expect(faded("red", 0.5)).toBe("red");
  expect(roomFor(["1", "1,000"])).toBe(50);
});
