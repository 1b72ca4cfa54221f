// What a peer in Node.js is asked to do by ../run.py: `node peer.mjs PEER COMMAND SETTINGS`, with the database in
// DATABASE_URL. A peer is a file beside this one that says how to do it with its own library. The work
// goes on until the driver ends the process.

import { createInterface } from 'node:readline';

const WORDS = [
  'review', 'parser', 'release', 'notes', 'flaky', 'test', 'index', 'schema', 'retry', 'upload', 'docs', 'cache',
  'login', 'export', 'worker', 'budget',
];

let made = 0;

/** The payload of a job: as long as the task that `claudebench bench` sends. */
function payload() {
  made += 1;
  let text = `${String(made).padStart(8, '0')} `;
  for (let place = 0; place < 5; place += 1) text += `${WORDS[Math.floor(Math.random() * WORDS.length)]} `;
  return { text };
}

/** Microseconds of the clock that all processes of the machine share. */
const now = () => Number(process.hrtime.bigint() / 1_000n);

const payloads = (count) => Array.from({ length: count }, payload);

/** Lets so many callers do something again and again, as long as there is something left. */
function callers(count, left, work) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      while (left > 0) {
        left -= 1;
        await work();
      }
    }),
  );
}

const [, , name, command, json] = process.argv;
const settings = JSON.parse(json);
const peer = await import(`./${name}.mjs`);
const url = process.env.DATABASE_URL;

switch (command) {
  case 'setup':
    await peer.setup(url);
    break;
  case 'fill': {
    const queue = await peer.open(url, settings);
    await callers(settings.callers, settings.jobs / settings.batch, () => queue.addMany(payloads(settings.batch)));
    break;
  }
  case 'enqueue': {
    const queue = await peer.open(url, settings);
    await callers(settings.callers, Infinity, () => queue.add(payload()));
    break;
  }
  case 'bulk': {
    const queue = await peer.open(url, settings);
    await callers(settings.callers, Infinity, () => queue.addMany(payloads(settings.batch)));
    break;
  }
  case 'drain':
    await peer.drain(url, settings);
    break;
  case 'wait':
    // A line a job: how long it took to get here.
    await peer.wait(url, settings, ({ sent }) => process.stdout.write(`${now() - sent}\n`));
    process.stdout.write('ready\n');
    break;
  case 'send': {
    const queue = await peer.open(url, settings);
    process.stdout.write('ready\n');
    // A job for each line of the input.
    for await (const _ of createInterface({ input: process.stdin })) await queue.announce({ ...payload(), sent: now() });
    break;
  }
  default:
    throw new Error(`unknown command ${command}`);
}
if (['setup', 'fill', 'send'].includes(command)) process.exit(0);
