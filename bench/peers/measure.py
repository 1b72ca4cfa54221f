"""How a peer is measured. What counts is what the database says: the driver counts the jobs that are not done at the
beginning and at the end of a time, so that all are held against the same ruler and none by its own words."""

import asyncio
import json
import os
import statistics
import time
from contextlib import AsyncExitStack, asynccontextmanager

from server import Failed

# How long anything may take that should take a moment.
PATIENCE = 60

# Jobs that are handed over before it counts, and the pause before each: as long as `claudebench bench handover` lets
# a worker settle. The machine is kept awake meanwhile, as there.
HANDED_BEFORE = 50
REST = 0.003

FILL = {"callers": 2, "pool": 2, "batch": 1_000}


@asynccontextmanager
async def client(peer, url, command, settings):
    """A process of a peer. It is killed in the end: its database goes, too."""
    own = {name: value for name, value in settings.items() if name != "processes"}
    process = await asyncio.create_subprocess_exec(
        *peer.command,
        command,
        json.dumps(own),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        process_group=0,
        env={**os.environ, "DATABASE_URL": url, "NODE_ENV": "production", "NO_LOG_SUCCESS": "1"},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def to_the_end(peer, url, command, settings):
    async with client(peer, url, command, settings) as process:
        await process.communicate()
        if process.returncode:
            raise Failed(f"{peer.name}: {command} ended with {process.returncode}")


class Ruler:
    """Counts the jobs of a database that are not done, and says when it did."""

    def __init__(self, connection, statement):
        self.connection = connection
        self.statement = f"SELECT extract(epoch FROM statement_timestamp())::float8, ({statement})"

    async def read(self):
        return tuple(await self.connection.fetchrow(self.statement))

    async def past(self, before):
        """Waits until something has changed."""
        end = time.monotonic() + PATIENCE
        while (await self.read())[1] == before:
            if time.monotonic() > end:
                raise Failed("nothing happened")
            await asyncio.sleep(0.05)


@asynccontextmanager
async def at_work(postgres, peer, template, command, settings):
    """The processes of a peer at work on a database like the template."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(postgres.database(template))
        connection = await postgres.connect(database)
        stack.push_async_callback(connection.close)
        ruler = Ruler(connection, peer.open)
        _, before = await ruler.read()
        clients = [
            await stack.enter_async_context(client(peer, postgres.url(database), command, settings))
            for _ in range(settings["processes"])
        ]
        await ruler.past(before)
        yield ruler, clients


def alive(peer, command, clients):
    for process in clients:
        if process.returncode:
            raise Failed(f"{peer.name}: {command} ended with {process.returncode}")


async def put_in(postgres, peer, template, command, settings, times):
    """Jobs a second that a peer puts in."""
    async with at_work(postgres, peer, template, command, settings) as (ruler, clients):
        await asyncio.sleep(times.warm_up)
        start, before = await ruler.read()
        await asyncio.sleep(times.seconds)
        end, after = await ruler.read()
        alive(peer, command, clients)
        return (after - before) / (end - start)


async def drained(postgres, peer, template, settings, times):
    """Jobs a second that a peer works off; in whole seconds, as long as there are any."""
    async with at_work(postgres, peer, template, "drain", settings) as (ruler, clients):
        await asyncio.sleep(times.warm_up)
        start, before = end, after = await ruler.read()
        while end - start < times.seconds - 0.1:
            await asyncio.sleep(1)
            read = await ruler.read()
            if read[1] == 0:
                break
            end, after = read
        alive(peer, "drain", clients)
        if after == before:
            raise Failed(f"{peer.name}: {before} jobs are too few to measure, or nothing happened")
        return (before - after) / (end - start)


def awake(seconds):
    """Rests without letting the processor sleep."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


async def line(process, what):
    said = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    if not said:
        raise Failed(f"{what} ended")
    return said


async def handed_over(postgres, peer, template, settings, samples):
    """Milliseconds from before a job is sent to when it starts in another process: p50 and p99. One at a time."""
    async with AsyncExitStack() as stack:
        url = postgres.url(await stack.enter_async_context(postgres.database(template)))
        worker = await stack.enter_async_context(client(peer, url, "wait", settings))
        sender = await stack.enter_async_context(client(peer, url, "send", peer.send))
        for process in (worker, sender):
            await line(process, f"{peer.name}: hand-over")
        took = []
        for _ in range(HANDED_BEFORE + samples):
            awake(REST)
            sender.stdin.write(b"\n")
            took.append(int(await line(worker, f"{peer.name}: the worker")) / 1_000)
        cuts = statistics.quantiles(took[HANDED_BEFORE:], n=100, method="inclusive")
        return cuts[49], cuts[98]


@asynccontextmanager
async def prepared(postgres, peer):
    """A database with the peer's tables, to copy."""
    async with postgres.database() as database:
        await to_the_end(peer, postgres.url(database), "setup", {})
        yield database


@asynccontextmanager
async def filled(postgres, peer, template, jobs):
    """A database with so many jobs to work off, to copy."""
    async with postgres.database(template) as database:
        await to_the_end(peer, postgres.url(database), "fill", {**FILL, "jobs": jobs})
        connection = await postgres.connect(database)
        await connection.execute("VACUUM ANALYZE")
        _, there = await Ruler(connection, peer.open).read()
        await connection.close()
        if there != jobs:
            raise Failed(f"{peer.name}: {there} of {jobs} jobs are there")
        yield database
