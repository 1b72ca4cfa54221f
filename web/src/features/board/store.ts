// Small stores beside React: of thousands of cards, only those that are concerned are drawn anew.

import { useSyncExternalStore } from "react";

export class Store<T> {
  #value: T;
  #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(value: T) {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** A part of a store; it must be the same as long as nothing of it changed. */
export const useStore = <T, U>(store: Store<T>, pick: (value: T) => U): U => useSyncExternalStore(store.subscribe, () => pick(store.get()));
