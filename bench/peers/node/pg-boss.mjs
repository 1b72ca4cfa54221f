// pg-boss at its best. Jobs are fetched and completed by `fetch` and `complete`, one after the other: `work` rests
// at least half a second between two fetches that are not full batches, and a batch of one never counts as
// full (`burstWhenBatchFull`). Nothing listens on the queue that is measured for throughput, so that no
// notification is paid for; the queue of the hand-over has `notify`, and `useListenNotify` is on.

import { PgBoss } from 'pg-boss';

const QUEUE = 'work';
const ANNOUNCED = 'announced';

/** Schedules, housekeeping and the registry of instances are left out: nothing here needs them. */
async function boss(url, options) {
  const quiet = { schedule: false, supervise: false, registerInstance: false, openTelemetry: { enabled: false } };
  const boss = new PgBoss({ connectionString: url, ...quiet, ...options });
  boss.on('error', (error) => {
    throw error;
  });
  return boss.start();
}

export async function setup(url) {
  const started = await boss(url, {});
  // A table of its own, as the documentation advises for a large queue.
  await started.createQueue(QUEUE, { partition: true });
  await started.createQueue(ANNOUNCED, { partition: true, notify: true });
  await started.stop();
}

export async function open(url, { pool }) {
  const started = await boss(url, { max: pool, useListenNotify: true });
  return {
    add: (payload) => started.send(QUEUE, payload),
    addMany: (payloads) => started.insert(QUEUE, payloads.map((data) => ({ data }))),
    announce: (payload) => started.send(ANNOUNCED, payload),
  };
}

export async function drain(url, { workers, batch }) {
  const started = await boss(url, { max: workers });
  const one = async () => {
    for (;;) {
      const jobs = await started.fetch(QUEUE, { batchSize: batch });
      if (jobs.length === 0) return;
      await started.complete(QUEUE, jobs.map(({ id }) => id));
    }
  };
  await Promise.all(Array.from({ length: workers }, one));
}

export async function wait(url, { workers }, started) {
  const listening = await boss(url, { max: workers + 1, useListenNotify: true });
  await listening.work(ANNOUNCED, { localConcurrency: workers, pollingIntervalSeconds: 0.5 }, ([job]) => started(job.data));
}
