// The live stream: one socket for the whole page. Each event carries its place in the log, so that after a lost
// connection it goes on where it stopped; where the server says that something was left out, all is read anew.

import { useSyncExternalStore } from "react";

import { call } from "./call";
import type { Event } from "./types";

export type Freshness =
  /** Not connected yet. */
  | { kind: "connecting"; since: number }
  /** What is shown is what the server was told of. */
  | { kind: "live" }
  /** What happened meanwhile is coming. */
  | { kind: "catching_up"; since: number }
  /** The connection is lost: what is shown was right then. */
  | { kind: "stale"; since: number }
  /** The reader may not follow events: what is shown is read anew every few seconds. */
  | { kind: "polled" };

type Said =
  | { type: "connected" }
  | { type: "subscribed"; cursor: string }
  | { type: "event"; data: Event }
  | { type: "lagged"; cursor: string }
  | { type: "error"; error: { code: number; message: string } }
  | { type: "pong" }
  | { type: "unsubscribed" };

export interface LiveOptions {
  /** Opens a socket. */
  open: () => WebSocket;
  /** Where the log ends now. */
  head: () => Promise<string | undefined>;
  /** The session may be over: asks, and says so to whom it concerns. */
  refused: () => void;
}

/** Nothing was heard for so long, and the server was asked: the connection leads nowhere. */
const SILENCE_MS = 11_000;
const PING_MS = 4_000;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 8_000;
/** The log has moved past where we were. */
const CURSOR_EXPIRED = -32008;
/** The key does not allow it. */
const FORBIDDEN = -32002;

export class Live {
  #options: LiveOptions;
  #socket: WebSocket | undefined;
  #cursor: string | undefined;
  #target: bigint | undefined;
  #heard = 0;
  #wait = FIRST_WAIT_MS;
  #timers: { ping?: ReturnType<typeof setInterval>; again?: ReturnType<typeof setTimeout> } = {};
  #freshness: Freshness = { kind: "connecting", since: Date.now() };
  #watching = new Set<() => void>();
  #events = new Set<(events: Event[]) => void>();
  #resets = new Set<() => void>();
  #batch: Event[] = [];
  #scheduled = false;
  #on = false;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** How fresh what is shown is. */
  get freshness(): Freshness {
    return this.#freshness;
  }

  /** Is called when the freshness changes; answers how to stop that. */
  watch(listener: () => void): () => void {
    this.#watching.add(listener);
    return () => this.#watching.delete(listener);
  }

  /** Is called with events in the order of the log, a few times a second at most. */
  onEvents(listener: (events: Event[]) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  /** Is called when there may be a gap: what is shown is to be read anew. */
  onReset(listener: () => void): () => void {
    this.#resets.add(listener);
    return () => this.#resets.delete(listener);
  }

  start() {
    if (this.#on) return;
    this.#on = true;
    this.#connect();
    addEventListener("online", this.#now);
    document.addEventListener("visibilitychange", this.#now);
  }

  stop() {
    this.#on = false;
    removeEventListener("online", this.#now);
    document.removeEventListener("visibilitychange", this.#now);
    clearTimeout(this.#timers.again);
    this.#drop();
    this.#cursor = undefined;
    this.#set({ kind: "connecting", since: Date.now() });
  }

  #now = () => {
    // A laptop that wakes up need not wait for the next try.
    if (this.#on && this.#socket === undefined && document.visibilityState === "visible") {
      clearTimeout(this.#timers.again);
      this.#connect();
    }
  };

  #set(next: Freshness) {
    if (next.kind === this.#freshness.kind) return;
    this.#freshness = next;
    for (const listener of this.#watching) listener();
  }

  #connect() {
    this.#heard = Date.now();
    const socket = this.#options.open();
    this.#socket = socket;
    socket.onmessage = (message) => {
      if (this.#socket === socket) this.#hear(String(message.data));
    };
    socket.onclose = (end) => {
      if (this.#socket === socket) this.#lost(end.code === 1008);
    };
    socket.onerror = () => {
      if (this.#socket === socket) this.#lost(true);
    };
    clearInterval(this.#timers.ping);
    this.#timers.ping = setInterval(() => this.#ask(), PING_MS);
  }

  #ask() {
    if (Date.now() - this.#heard > SILENCE_MS) {
      this.#lost(false);
    } else if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send('{"action":"ping"}');
    }
  }

  #drop() {
    clearInterval(this.#timers.ping);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #lost(refused: boolean) {
    this.#drop();
    if (!this.#on) return;
    const since = "since" in this.#freshness ? this.#freshness.since : this.#heard;
    this.#set({ kind: "stale", since });
    if (refused) this.#options.refused();
    clearTimeout(this.#timers.again);
    this.#timers.again = setTimeout(() => this.#connect(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #hear(text: string) {
    this.#heard = Date.now();
    const said = JSON.parse(text) as Said;
    switch (said.type) {
      case "connected":
        this.#subscribe();
        break;
      case "subscribed":
        this.#wait = FIRST_WAIT_MS;
        void this.#begin(said.cursor);
        break;
      case "event":
        this.#cursor = said.data.id;
        this.#batch.push(said.data);
        this.#schedule();
        this.#catchUp();
        break;
      case "lagged":
        this.#cursor = said.cursor;
        this.#reset();
        break;
      case "error":
        if (said.error.code === CURSOR_EXPIRED) {
          this.#cursor = undefined;
          this.#subscribe();
        } else if (said.error.code === FORBIDDEN) {
          this.#wait = FIRST_WAIT_MS;
          this.#reset();
          this.#set({ kind: "polled" });
        }
        break;
      case "pong":
      case "unsubscribed":
        break;
    }
  }

  #subscribe() {
    const since = this.#cursor === undefined ? {} : { since: this.#cursor };
    this.#socket?.send(JSON.stringify({ action: "subscribe", events: ["*"], ...since }));
  }

  async #begin(cursor: string) {
    const before = this.#cursor;
    if (before === undefined) {
      // From now on all is told of; what was read before may be old.
      this.#cursor = cursor;
      this.#reset();
      this.#set({ kind: "live" });
      return;
    }
    const socket = this.#socket;
    this.#set({ kind: "catching_up", since: Date.now() });
    let head: string | undefined;
    try {
      head = await this.#options.head();
    } catch {
      head = undefined;
    }
    if (this.#socket !== socket) return;
    this.#target = BigInt(head ?? cursor);
    this.#catchUp();
  }

  #catchUp() {
    if (this.#target === undefined || this.#cursor === undefined || BigInt(this.#cursor) < this.#target) return;
    this.#target = undefined;
    this.#set({ kind: "live" });
  }

  #reset() {
    for (const listener of this.#resets) listener();
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      const events = this.#batch;
      this.#batch = [];
      for (const listener of this.#events) listener(events);
    }, 50);
  }
}

/** The page's own. */
export const live = new Live({
  open: () => {
    const url = new URL("/ws", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return new WebSocket(url);
  },
  head: async () => (await call("event.list", { limit: 1, order: "desc" })).events[0]?.id,
  refused: () => {
    // If the session is over, this call is refused and shows the login page.
    call("task.stats", {}).catch(() => undefined);
  },
});

export function useFreshness(): Freshness {
  return useSyncExternalStore(
    (listener) => live.watch(listener),
    () => live.freshness,
  );
}
