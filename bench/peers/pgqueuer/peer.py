"""What pgqueuer is asked to do by ../run.py: `peer.py COMMAND SETTINGS`, with the database in DATABASE_URL.
The work goes on until the driver ends the process.

pgqueuer at its best: uvloop, asyncpg, a connection for each that works (a pool would take a lock more), and
no limits on concurrency, which leaves their part out of the statement that dequeues. All of its tables are
logged ("durable", its default). What is done one by one uses `Queries.dequeue` and `Queries.log_jobs`, which is
what `QueueManager` calls, without its tasks and timers for each job.
"""

import asyncio
import json
import os
import random
import sys
import time
from datetime import timedelta
from uuid import uuid4

import asyncpg
import uvloop
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.ports.repository import EntrypointExecutionParameter

URL = os.environ["DATABASE_URL"]
ENTRYPOINT = "work"
WORDS = (
    "review parser release notes flaky test index schema retry upload docs cache login export worker budget".split()
)

made = 0


def payload(**more):
    """The payload of a job: as long as the task that `claudebench bench` sends."""
    global made
    made += 1
    text = f"{made:08} " + "".join(random.choice(WORDS) + " " for _ in range(5))
    return json.dumps({"text": text, **more}, separators=(",", ":")).encode()


def now():
    """Microseconds of the clock that all processes of the machine share."""
    return time.monotonic_ns() // 1_000


async def queries():
    return Queries(AsyncpgDriver(await asyncpg.connect(URL)))


async def add(queue):
    await queue.enqueue(ENTRYPOINT, payload())


async def add_many(queue, count):
    await queue.enqueue([ENTRYPOINT] * count, [payload() for _ in range(count)], [0] * count)


async def callers(count, left, work):
    """Lets so many callers do something again and again, as long as there is something left."""

    async def caller():
        nonlocal left
        queue = await queries()
        while left > 0:
            left -= 1
            await work(queue)

    await asyncio.gather(*(caller() for _ in range(count)))


async def drain_directly(settings):
    """Takes so many jobs, then tells that they are done."""
    manager = uuid4()
    entrypoints = {ENTRYPOINT: EntrypointExecutionParameter(concurrency_limit=0)}

    async def worker():
        queue = await queries()
        while jobs := await queue.dequeue(
            batch_size=settings["batch"],
            entrypoints=entrypoints,
            queue_manager_id=manager,
            global_concurrency_limit=None,
            heartbeat_timeout=timedelta(seconds=30),
        ):
            await queue.log_jobs([(job, "successful", None) for job in jobs])

    await asyncio.gather(*(worker() for _ in range(settings["workers"])))


async def manage(settings, started):
    """Runs queue managers that call `started` with each job."""

    async def manager():
        manager = QueueManager(await queries())

        @manager.entrypoint(ENTRYPOINT)
        async def work(job):
            started(job)

        await manager.run(batch_size=settings["batch"], log_aggregation_interval=timedelta(0))

    await asyncio.gather(*(manager() for _ in range(settings["workers"])))


def told(job):
    """A line a job: how long it took to get here."""
    print(now() - json.loads(job.payload)["sent"], flush=True)


async def send():
    queue = await queries()
    print("ready", flush=True)
    # A job for each line of the input.
    while await asyncio.to_thread(sys.stdin.readline):
        await queue.enqueue(ENTRYPOINT, payload(sent=now()))


async def main(command, settings):
    match command:
        case "setup":
            await (await queries()).install()
        case "fill":
            batches = settings["jobs"] // settings["batch"]
            await callers(settings["callers"], batches, lambda queue: add_many(queue, settings["batch"]))
        case "enqueue":
            await callers(settings["callers"], float("inf"), add)
        case "bulk":
            await callers(settings["callers"], float("inf"), lambda queue: add_many(queue, settings["batch"]))
        case "drain" if settings["direct"]:
            await drain_directly(settings)
        case "drain":
            await manage(settings, lambda job: None)
        case "wait":
            print("ready", flush=True)
            await manage(settings, told)
        case "send":
            await send()
        case _:
            raise SystemExit(f"unknown command {command}")


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], json.loads(sys.argv[2])))
