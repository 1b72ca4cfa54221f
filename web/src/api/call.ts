// Calls of the server's methods: JSON-RPC over HTTP, those of one moment in one request.

import { Failure } from "./failure";
import { csrfToken, loseSession } from "./session";
import type { Answer, Method, Params } from "./types";

interface Wanted {
  method: Method;
  params: unknown;
  signal: AbortSignal | undefined;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

/** As many calls as go into one request: the server answers them one after the other. */
const TOGETHER = 20;

/** The server takes 30 s for what is sent, and 30 s to answer, unless it was set otherwise: by then the answer was lost. */
const ANSWER_MS = 75_000;

let waiting: Wanted[] = [];

export interface CallOptions {
  signal?: AbortSignal;
}

/** Calls a method. What it answers is typed by the server's OpenAPI document. */
export function call<M extends Method>(method: M, params: Params<M>, options: CallOptions = {}): Promise<Answer<M>> {
  return new Promise((resolve, reject) => {
    const wanted: Wanted = {
      method,
      params,
      signal: options.signal,
      resolve: resolve as (answer: unknown) => void,
      reject,
    };
    waiting.push(wanted);
    if (waiting.length === 1) queueMicrotask(sendAll);
  });
}

function sendAll() {
  const all = waiting.filter((wanted) => wanted.signal?.aborted !== true);
  for (const wanted of waiting) if (wanted.signal?.aborted === true) wanted.reject(wanted.signal.reason);
  waiting = [];
  for (let from = 0; from < all.length; from += TOGETHER) void send(all.slice(from, from + TOGETHER));
}

interface Said {
  id: number;
  result?: unknown;
  /** What is wrong with params comes as the list of it. */
  error?: { message: string; data?: (Record<string, unknown> & { code?: string }) | readonly unknown[] };
}

async function send(calls: Wanted[]): Promise<void> {
  try {
    const body = calls.map(({ method, params }, id) => ({ jsonrpc: "2.0", id, method, params }));
    const answer = await ask("/rpc", { method: "POST", body: JSON.stringify(body.length === 1 ? body[0] : body) });
    const said = (await answer.json()) as Said | Said[];
    const replies = new Map((Array.isArray(said) ? said : [said]).map((one) => [one.id, one]));
    calls.forEach((wanted, id) => {
      const reply = replies.get(id) ?? (Array.isArray(said) ? undefined : said);
      if (reply === undefined) wanted.reject(new Failure("internal", "the server left a call unanswered"));
      else if (reply.error === undefined) wanted.resolve(reply.result);
      else wanted.reject(failure(reply.error));
    });
  } catch (error) {
    for (const wanted of calls) wanted.reject(lost(error));
  }
}

/** What became of a request whose answer did not come, or not as a whole. */
function lost(error: unknown): unknown {
  if (error instanceof DOMException && error.name === "TimeoutError") return new Failure("timeout", "The server does not answer");
  return error instanceof TypeError ? new Failure("network", "The server cannot be reached") : error;
}

const isList = (data: unknown): data is readonly unknown[] => Array.isArray(data);

function failure(error: NonNullable<Said["error"]>): Failure {
  const { data } = error;
  const said = isList(data) ? { code: "invalid_params", issues: data } : data;
  const { code = "internal", message, ...details }: Record<string, unknown> & { code?: string } = said ?? {};
  if (code === "unauthorized") loseSession();
  return new Failure(code, typeof message === "string" ? message : error.message, details);
}

/** A request to this server, with what it takes of a page of its own; fails with a {@link Failure}. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (init.body !== undefined) headers.set("content-type", "application/json");
  const token = csrfToken();
  if (token !== undefined) headers.set("x-csrf-token", token);
  let answer: Response;
  try {
    const late = AbortSignal.timeout(ANSWER_MS);
    answer = await fetch(path, { ...init, headers, credentials: "same-origin", signal: init.signal ? AbortSignal.any([init.signal, late]) : late });
  } catch (error) {
    throw lost(error);
  }
  if (answer.ok) return answer;
  let said: Said["error"] | undefined;
  try {
    const body = (await answer.json()) as { error?: { message: string; code?: string | number; data?: Record<string, unknown> } };
    if (body.error !== undefined) {
      const { message, code, data, ...more } = body.error;
      said = { message, data: { ...(typeof code === "string" ? { code } : {}), ...more, ...data } };
    }
  } catch {
    // What is no JSON comes from something between here and the server.
  }
  throw failure(said ?? { message: `The server answered ${answer.status}`, data: { code: answer.status === 401 ? "unauthorized" : "unavailable" } });
}
