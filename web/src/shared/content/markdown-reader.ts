// Asks the worker for what a Markdown text says, and for no longer than a moment.

import type { Marks } from "./marks";

const LONGEST_MS = 4_000;
/** Until the worker is there. */
const START_MS = 30_000;

interface Wanted {
  text: string;
  done: (marks: Marks | undefined) => void;
}

/** What the worker says: first that it is there, then what it has read. */
export type Said = { id: number; marks?: Marks } | { there: true };

let worker: Worker | undefined;
let there = false;
let current: { id: number; wanted: Wanted; timer?: ReturnType<typeof setTimeout> } | undefined;
let last = 0;
const queue: Wanted[] = [];

function finish(marks: Marks | undefined) {
  const ended = current;
  current = undefined;
  if (ended !== undefined) {
    clearTimeout(ended.timer);
    ended.wanted.done(marks);
  }
  next();
}

/** One that does not come to an end is ended; the next text gets another one. */
function giveUp() {
  worker?.terminate();
  worker = undefined;
  there = false;
  finish(undefined);
}

function start(): Worker {
  const one = new Worker(new URL("./markdown.worker.ts", import.meta.url), { type: "module" });
  one.onmessage = ({ data }: MessageEvent<Said>) => {
    if ("there" in data) {
      there = true;
      bound();
    } else if (data.id === current?.id) finish(data.marks);
  };
  one.onerror = giveUp;
  return one;
}

/** Until the worker is there it may take longer: a slow way to it is not the text's fault. */
function bound() {
  if (current === undefined) return;
  clearTimeout(current.timer);
  current.timer = setTimeout(giveUp, there ? LONGEST_MS : START_MS);
}

function next() {
  if (current !== undefined) return;
  const wanted = queue.shift();
  if (wanted === undefined) return;
  last += 1;
  current = { id: last, wanted };
  worker ??= start();
  bound();
  worker.postMessage({ id: last, text: wanted.text });
}

/** What a text says; nothing if it cannot be read in time. The second is how not to want it any more. */
export function readMarkdown(text: string): { marks: Promise<Marks | undefined>; drop: () => void } {
  let wanted: Wanted | undefined;
  const marks = new Promise<Marks | undefined>((done) => {
    wanted = { text, done };
    queue.push(wanted);
  });
  next();
  return {
    marks,
    drop: () => {
      const place = wanted === undefined ? -1 : queue.indexOf(wanted);
      if (place >= 0) queue.splice(place, 1);
    },
  };
}
