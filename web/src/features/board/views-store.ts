// Views of the board that somebody gave a name: kept by the browser.

import { given } from "@/shared/search";

import { boardSearch } from "./search";
import type { BoardSearch } from "./search";
import { Store } from "./store";

export interface View {
  name: string;
  search: BoardSearch;
}

const KEY = "board.views";
const MOST = 50;

/** What was kept; what makes no sense is left out. */
export function parse(text: string | null): View[] {
  try {
    const all: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(all)) return [];
    return all.slice(0, MOST).flatMap((one: unknown) => {
      const { name, search } = (one ?? {}) as { name?: unknown; search?: unknown };
      return typeof name === "string" && name !== "" && typeof search === "object" && search !== null ? [{ name: name.slice(0, 60), search: boardSearch(search as Record<string, unknown>) }] : [];
    });
  } catch {
    return [];
  }
}

function read(): readonly View[] {
  try {
    return parse(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

export const views = new Store<readonly View[]>(read());

// Another page of this browser keeps views, too.
addEventListener("storage", (event) => {
  if (event.key === KEY) views.set(read());
});

function write(next: readonly View[]) {
  views.set(next);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Then they last as long as the page.
  }
}

/** Keeps a view under a name, instead of the one that has it. */
export const keep = (name: string, search: BoardSearch) => write([...views.get().filter((view) => view.name !== name), { name, search }].slice(-MOST));

export const drop = (name: string) => write(views.get().filter((view) => view.name !== name));

/** In words that differ only if the views do; which column a phone shows is no part of it. */
export const asWords = ({ column, ...search }: BoardSearch): string => {
  void column;
  return JSON.stringify(Object.entries(given(search)).sort(([a], [b]) => a.localeCompare(b)));
};
