import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { SearchInput } from "./field";

afterEach(cleanup);

it("keeps what is typed until the address has it, and then shows what that says", () => {
  const said = vi.fn();
  const input = (value: string) => <SearchInput aria-label="Search" value={value} onValue={said} />;
  const { rerender } = render(input(""));
  const box = screen.getByLabelText<HTMLInputElement>("Search");
  const type = (text: string) => fireEvent.change(box, { target: { value: text } });
  // Faster than the address follows.
  type("a");
  type("al");
  expect(box.value).toBe("al");
  rerender(input("a"));
  expect(box.value).toBe("al");
  rerender(input("al"));
  expect(said.mock.calls).toEqual([["a"], ["al"]]);
  // Taken back before the address has it.
  type("");
  type("b");
  type("");
  rerender(input("al"));
  expect(box.value).toBe("");
  rerender(input(""));
  rerender(input("b"));
  expect(box.value).toBe("");
  rerender(input(""));
  expect(box.value).toBe("");
  // Somebody goes back, while something stands there that the address does not take.
  type("  ");
  rerender(input("before"));
  expect(box.value).toBe("before");
  // What the address does not take is gone with the focus.
  type("  ");
  fireEvent.blur(box);
  expect(box.value).toBe("before");
});
