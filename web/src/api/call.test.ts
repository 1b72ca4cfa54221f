import { afterEach, expect, test, vi } from "vitest";

import { call } from "./call";

afterEach(() => vi.unstubAllGlobals());

const answers = (answer: () => Promise<unknown>) => vi.stubGlobal("fetch", vi.fn(answer));

test.each([
  ["never comes", () => Promise.reject(new DOMException("it took too long", "TimeoutError")), "timeout"],
  ["has nowhere to come from", () => Promise.reject(new TypeError("Failed to fetch")), "network"],
  ["breaks off", () => Promise.resolve({ ok: true, json: () => Promise.reject(new TypeError("network error")) }), "network"],
  ["is cut short in time", () => Promise.resolve({ ok: true, json: () => Promise.reject(new DOMException("it took too long", "TimeoutError")) }), "timeout"],
])("an answer that %s may come when it is asked for again", async (_, answer, code) => {
  answers(answer);
  await expect(call("task.list", {})).rejects.toMatchObject({ name: "Failure", code, passes: true });
});

test("no answer is waited for without end", async () => {
  answers(() => Promise.resolve({ ok: true, json: () => Promise.resolve({ id: 0, result: {} }) }));
  await call("task.list", {});
  const [, init] = vi.mocked(fetch).mock.calls[0] ?? [];
  expect(init?.signal).toBeInstanceOf(AbortSignal);
});
