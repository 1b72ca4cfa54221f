// BullMQ at its best, on a Redis: whole lives of jobs, as `node bullmq.mjs singly|batches REDIS_PORT CALLERS SECONDS`. Prints how many
// lives ended within the time, after a second to warm up, and how many jobs Redis counts as completed.
//
// singly: each caller adds a job, takes one and completes it, by three calls (`add`, `getNextJob`, `moveToCompleted`), as a client
// does that is told of each. batches: jobs are added by 1,000 (`addBulk`) and worked off by a worker with so many at a time, which
// takes the next job with the completion of the last one.

import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const [, , how, port, callers, seconds] = process.argv;
const connection = new Redis({ host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null });
const queue = new Queue('work', { connection });
const payload = (n) => ({ text: `${String(n).padStart(8, '0')} review parser release notes flaky ` });
const bound = { removeOnComplete: { count: 1_000 } };
let ended = 0;
let made = 0;
let open = true;

async function singly() {
  const worker = new Worker('work', null, { connection, autorun: false });
  const live = async (caller) => {
    while (open) {
      made += 1;
      await queue.add('job', payload(made), bound);
      const job = await worker.getNextJob(`caller ${caller}`, { block: false });
      if (!job) continue;
      await job.moveToCompleted('done', `caller ${caller}`, false);
      ended += 1;
    }
  };
  return Promise.all(Array.from({ length: Number(callers) }, (_, caller) => live(caller)));
}

async function batches() {
  const worker = new Worker('work', async () => 'done', { connection, concurrency: Number(callers) });
  worker.on('completed', () => {
    ended += 1;
  });
  while (open) {
    if (made - ended > 20_000) {
      await new Promise((after) => setTimeout(after, 1));
      continue;
    }
    const jobs = Array.from({ length: 1_000 }, () => ({ name: 'job', data: payload((made += 1)), opts: bound }));
    await queue.addBulk(jobs);
  }
}

const work = how === 'singly' ? singly() : batches();
work.catch((error) => {
  console.error(error);
  process.exit(1);
});
await new Promise((after) => setTimeout(after, 1_000));
const before = ended;
const start = process.hrtime.bigint();
await new Promise((after) => setTimeout(after, Number(seconds) * 1_000));
const took = Number(process.hrtime.bigint() - start) / 1e9;
process.stdout.write(`${JSON.stringify({ rate: (ended - before) / took })}\n`);
process.exit(0);
