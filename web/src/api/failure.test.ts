import { expect, it } from "vitest";

import { asSentence, explain, Failure } from "./failure";

it("makes a sentence of what the server says, and leaves names as they are", () => {
  expect(asSentence("the store cannot be written")).toBe("The store cannot be written");
  expect(asSentence("expected: a URL")).toBe("Expected: a URL");
  expect(asSentence("überlang")).toBe("Überlang");
  for (const text of ["Task not found: t-1", "maxAttempts is too large", "task.retry puts it back", "t-1 waits", "`key` stands there already", ""]) expect(asSentence(text)).toBe(text);
});

it("explains all that is thrown, with what to do where that is known", () => {
  expect(explain(new Failure("conflict", "somebody holds it"))).toEqual({ title: "Somebody holds it" });
  expect(explain(new Failure("unauthorized", "this key is unknown"))).toEqual({ title: "This key is unknown", hint: "Log in again." });
  expect(explain(new Failure("unauthorized", "no", {}, "Ask for a key."))).toEqual({ title: "No", hint: "Ask for a key." });
  expect(explain(new Error("it broke"))).toEqual({ title: "It broke" });
  expect(explain("gone")).toEqual({ title: "Gone" });
});
