#!/usr/bin/env python3
"""Whole lives of tasks beside those of BullMQ's jobs: ours over PostgreSQL with a Redis beside it, BullMQ's on the same Redis
with `appendfsync always` and `everysec`, in turns. Everything is started for it, with fsync on, and ends with it.

    cargo build --release -p claudebench
    (cd bench/peers/node && npm ci)
    python3 -m venv venv && venv/bin/pip install asyncpg
    venv/bin/python bench/redis/bullmq.py target/release/claudebench

Needs PostgreSQL, redis-server and Node.js (Debian: postgresql redis-server nodejs).
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from pathlib import Path

from fleet import bench, url
from servers import bench_server, postgres_server, redis

PEER = Path(__file__).parent.parent / "peers/node/bullmq.mjs"


async def bullmq(how, port, callers, seconds, processes):
    """Lives a second of so many processes together."""
    async def one():
        command = ["node", str(PEER), how, str(port), str(callers // processes), str(seconds)]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, env={**os.environ, "NODE_ENV": "production"}
        )
        said, _ = await process.communicate()
        return json.loads(said)["rate"]

    return sum(await asyncio.gather(*(one() for _ in range(processes))))


async def ours(program, folder, postgres, scenario, args):
    async with redis(folder) as port, postgres.database() as database:
        env = {
            "CLAUDEBENCH_STORE_URL": postgres.url(database),
            "CLAUDEBENCH_REDIS_URL": f"redis://127.0.0.1:{port}",
        }
        async with bench_server(program, folder, env) as address:
            took = ["--rounds", "1", "--seconds", str(args.seconds)]
            return await bench(program, folder, scenario, "--url", url(address), *took)


async def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("program")
    args.add_argument("--rounds", type=int, default=3)
    args.add_argument("--seconds", type=int, default=5)
    args = args.parse_args()
    program = os.path.abspath(args.program)
    found = {}

    def note(name, value):
        found.setdefault(name, []).append(value)

    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        async with postgres_server.started(None) as postgres:
            for _ in range(args.rounds):
                for sync in ("always", "everysec"):
                    for how in ("singly", "batches"):
                        for processes in (1, 2):
                            more = ["--appendonly", "yes", "--appendfsync", sync]
                            async with redis(folder, *more) as port:
                                rate = await bullmq(how, port, 64, args.seconds, processes)
                            note(f"BullMQ, {how}, {sync}, {processes} of Node.js", rate)
                            for left in Path(folder).glob("appendonlydir/*"):
                                left.unlink()
                [single, *_] = await ours(program, folder, postgres, "lifecycle", args)
                note("ours, singly", single["value"])
                for figure in await ours(program, folder, postgres, "bulk", args):
                    note(f"ours, {figure['work']}", figure["value"])
    for name, rates in found.items():
        print(f"{name}: {statistics.median(rates):,.0f}/s")


asyncio.run(main())
