// graphile-worker at its best, by https://worker.graphile.org/docs/performance: 24 jobs at once, a local queue of 500,
// completions gathered for a turn of the event loop (`completeJobBatchDelay: 0`). Jobs have no queue name,
// which spares a row lock for each, and successes are not logged (NO_LOG_SUCCESS, set by ../run.py).

import { Logger, makeWorkerUtils, run } from 'graphile-worker';

const TASK = 'work';

/** What goes wrong is said; nothing else is. */
const logger = new Logger(() => (level, message) => {
  if (level === 'error' || level === 'warning') console.error(message);
});

export async function setup(url) {
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  await utils.migrate();
  await utils.release();
}

export async function open(url, { pool }) {
  const utils = await makeWorkerUtils({ connectionString: url, maxPoolSize: pool, logger });
  const add = (payload) => utils.addJob(TASK, payload);
  const addMany = (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: TASK, payload })));
  return { add, addMany, announce: add };
}

function work(url, { jobs, localQueue, gather }, task) {
  return run({
    preset: {
      worker: {
        connectionString: url,
        logger,
        concurrentJobs: jobs,
        maxPoolSize: jobs + 1,
        ...(localQueue && { localQueue: { size: localQueue } }),
        ...(gather !== undefined && { completeJobBatchDelay: gather, failJobBatchDelay: gather }),
      },
    },
    taskList: { [TASK]: task },
  });
}

export const drain = (url, settings) => work(url, settings, () => {});

export async function wait(url, settings, started) {
  const runner = await work(url, settings, started);
  await new Promise((listening) => {
    runner.events.once('pool:listen:success', listening);
  });
}
