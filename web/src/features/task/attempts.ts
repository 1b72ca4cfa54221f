// The attempts of a task, as its history tells them: who took it, for how long, and how that ended.

import type { Event } from "@/api/types";

import { numberIn, reasonText, textIn } from "./sentences";

export type End = "running" | "completed" | "failed" | "released" | "taken" | "cancelled";

export interface Attempt {
  /** Of all of them: 1, 2, 3. The server's own number begins anew when a task is put back. */
  number: number;
  /** As the server counts. */
  counted: number | undefined;
  worker: string | undefined;
  began: number;
  ended: number | undefined;
  how: End;
  why?: string;
  error?: string;
}

class Reader {
  attempts: Attempt[] = [];
  #open: Attempt | undefined;

  read(event: Event) {
    switch (event.type) {
      case "task.claimed":
        this.#begin(event, textIn(event, "workerId"));
        break;
      case "task.completed":
        this.#completed(event);
        break;
      case "task.attempt_failed":
        this.#end(event, "failed");
        break;
      case "task.released":
        this.#end(event, "released");
        break;
      case "task.unassigned":
        this.#end(event, "taken");
        break;
      case "task.cancelled":
        this.#end(event, "cancelled");
        break;
      case "task.updated":
        this.#byHand(event);
        break;
    }
  }

  #begin(event: Event, worker: string | undefined, began = event.timestamp): Attempt {
    // One that nobody ended ended when the next began.
    if (this.#open !== undefined) this.#end(event, "taken");
    const attempt: Attempt = { number: this.attempts.length + 1, counted: event.attempt ?? undefined, worker, began, ended: undefined, how: "running" };
    this.attempts.push(attempt);
    this.#open = attempt;
    return attempt;
  }

  #end(event: Event, how: End) {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    open.ended = event.timestamp;
    open.how = how;
    const [reason, error] = [textIn(event, "reason"), textIn(event, "error")];
    if (reason !== undefined) open.why = reasonText(reason);
    if (error !== undefined) open.error = error;
  }

  #completed(event: Event) {
    const worked = numberIn(event, "worked");
    // Ended without having been claimed: by hand, or by whom it was parked on.
    if (this.#open === undefined && worked !== undefined) this.#begin(event, textIn(event, "completedBy"), event.timestamp - worked);
    this.#end(event, textIn(event, "status") === "failed" ? "failed" : "completed");
  }

  #byHand(event: Event) {
    const [status, before] = [textIn(event, "status"), textIn(event, "previousStatus")];
    if (status === before) return;
    if (status === "in_progress") this.#begin(event, undefined);
    else if (before === "in_progress") this.#end(event, status === "completed" ? "completed" : status === "failed" ? "failed" : status === "cancelled" ? "cancelled" : "taken");
  }
}

/** The attempts, the first one first. */
export function attempts(events: readonly Event[]): Attempt[] {
  const reader = new Reader();
  for (const event of events) reader.read(event);
  return reader.attempts;
}
