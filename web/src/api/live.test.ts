import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Live } from "./live";
import type { Event } from "./types";

/** A socket whose other end is the test. */
class Socket {
  static all: Socket[] = [];
  readyState: number = WebSocket.OPEN;
  said: { action: string; since?: string }[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((end: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    Socket.all.push(this);
  }
  send(text: string) {
    this.said.push(JSON.parse(text) as { action: string });
  }
  close() {
    this.readyState = WebSocket.CLOSED;
  }
  tell(said: unknown) {
    this.onmessage?.({ data: JSON.stringify(said) });
  }
}

const last = () => {
  const socket = Socket.all.at(-1);
  if (socket === undefined) throw new Error("no socket was opened");
  return socket;
};

const event = (id: string): Event => ({ id, type: "task.created", actor: "a", metadata: {}, payload: {}, timestamp: 0 });

let live: Live;
let heads: string[];
let refused: number;
let resets: number;
let seen: string[];

beforeEach(() => {
  vi.useFakeTimers();
  Socket.all = [];
  [heads, refused, resets, seen] = [[], 0, 0, []];
  live = new Live({
    open: () => new Socket() as unknown as WebSocket,
    head: () => Promise.resolve(heads.shift()),
    refused: () => (refused += 1),
  });
  live.onReset(() => (resets += 1));
  live.onEvents((events) => seen.push(...events.map(({ id }) => id)));
  live.start();
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

async function begin(cursor: string) {
  last().tell({ type: "connected" });
  last().tell({ type: "subscribed", cursor });
  await vi.advanceTimersByTimeAsync(0);
}

test("the first connection reads everything anew, and is live", async () => {
  expect(live.freshness.kind).toBe("connecting");
  await begin("7");
  expect(last().said).toEqual([{ action: "subscribe", events: ["*"] }]);
  expect([live.freshness.kind, resets]).toEqual(["live", 1]);
});

test("after a lost connection it goes on where it stopped, and is live when it has caught up", async () => {
  await begin("7");
  last().tell({ type: "event", data: event("8") });
  await vi.advanceTimersByTimeAsync(60);
  last().onclose?.({ code: 1006 });
  expect(live.freshness.kind).toBe("stale");
  await vi.advanceTimersByTimeAsync(1_000);
  heads.push("10");
  await begin("8");
  expect(last().said[0]?.since).toBe("8");
  expect(live.freshness.kind).toBe("catching_up");
  last().tell({ type: "event", data: event("9") });
  expect(live.freshness.kind).toBe("catching_up");
  last().tell({ type: "event", data: event("10") });
  expect(live.freshness.kind).toBe("live");
  await vi.advanceTimersByTimeAsync(60);
  expect(seen).toEqual(["8", "9", "10"]);
  expect(resets, "nothing was missed").toBe(1);
});

test("a place that is past its retention begins anew", async () => {
  await begin("7");
  last().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(1_000);
  last().tell({ type: "connected" });
  last().tell({ type: "error", error: { code: -32008, message: "gone" } });
  expect(last().said.at(-1)).toEqual({ action: "subscribe", events: ["*"] });
  await begin("900");
  expect([live.freshness.kind, resets]).toEqual(["live", 2]);
});

test("what is told to have been left out is read anew", async () => {
  await begin("7");
  last().tell({ type: "lagged", cursor: "50" });
  expect(resets).toBe(2);
});

test("a connection that leads nowhere is given up within 20 seconds", async () => {
  await begin("7");
  await vi.advanceTimersByTimeAsync(4_500);
  expect(last().said.at(-1)).toEqual({ action: "ping" });
  last().tell({ type: "pong" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(live.freshness.kind, "it was heard of").toBe("live");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(live.freshness.kind).toBe("stale");
  expect(Socket.all.length, "it is tried again").toBeGreaterThan(1);
});

test("tries come further and further apart", async () => {
  for (let tries = 0; tries < 20; tries += 1) {
    last().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(10_100);
  }
  expect(Socket.all.length).toBe(21);
  last().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(5_900);
  expect(Socket.all.length, "not sooner than six seconds").toBe(21);
});

test("who may not follow events is told so, and not called stale", async () => {
  last().tell({ type: "connected" });
  last().tell({ type: "error", error: { code: -32002, message: "tasks:read" } });
  expect([live.freshness.kind, resets]).toEqual(["polled", 1]);
  await vi.advanceTimersByTimeAsync(9_000);
  last().tell({ type: "pong" });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(live.freshness.kind).toBe("polled");
});

test("the end of a session is asked after", async () => {
  await begin("7");
  last().onclose?.({ code: 1008 });
  expect(refused).toBe(1);
});
