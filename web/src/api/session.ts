// Who the reader is. The cookie of a session is for the browser alone; what a page must say besides is kept in
// memory, and nowhere else.

import { useSyncExternalStore } from "react";

import type { Scope } from "./types";

export interface Who {
  name: string;
  tenant: string;
  scopes: Scope[];
  /** Whether somebody has logged in; else it is the person at the server's machine. */
  session: boolean;
  csrfToken?: string;
  expiresAt?: string;
}

export type Standing = { kind: "asking" } | { kind: "out" } | { kind: "in"; who: Who };

let standing: Standing = { kind: "asking" };
const listeners = new Set<() => void>();

function set(next: Standing) {
  standing = next;
  for (const listener of listeners) listener();
}

export const csrfToken = (): string | undefined => (standing.kind === "in" ? standing.who.csrfToken : undefined);

/** A call was refused for want of a session: the login page is shown. */
export function loseSession() {
  if (standing.kind === "in") set({ kind: "out" });
}

export function enter(who: Who) {
  set({ kind: "in", who });
}

export function leave() {
  set({ kind: "out" });
}

export function useStanding(): Standing {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => standing,
  );
}

/** Whether the reader may do what takes a scope; `admin` holds all. Pages hide what he may not; the server decides. */
export function may(who: Who, scope: Scope): boolean {
  return who.scopes.includes(scope) || who.scopes.includes("admin");
}

export function useMay(scope: Scope): boolean {
  const now = useStanding();
  return now.kind === "in" && may(now.who, scope);
}
