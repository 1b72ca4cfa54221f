#!/usr/bin/env python3
"""What several servers over one PostgreSQL and one Redis do: reads that are kept, whole lives of tasks with Redis and
without, and subscribers at three servers. Everything is started for it, with fsync on, and ends with it.

    cargo build --release -p claudebench
    python3 -m venv venv && venv/bin/pip install asyncpg
    venv/bin/python bench/redis/fleet.py target/release/claudebench

Needs PostgreSQL and redis-server (Debian: postgresql redis-server).
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from contextlib import AsyncExitStack

from servers import bench_server, postgres_server, redis


async def bench(program, folder, *args):
    """The figures of `claudebench bench`."""
    command = [program, "bench", *args, "--json", "--dir", folder]
    env = {"PATH": os.environ["PATH"], "HOME": folder}
    process = await asyncio.create_subprocess_exec(
        *command, env=env, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, told = await process.communicate()
    if process.returncode:
        raise SystemExit(told.decode())
    return json.loads(said)["figures"]


def url(address):
    return f"http://{address[0]}:{address[1]}"


def resident(pid):
    """In KiB."""
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise SystemExit(f"no memory of {pid} is known")


def children():
    """The servers that were started, by their processes."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{pid}/cmdline").read().split("\0")
            parent = int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if "serve" in words and parent == os.getpid():
            found.append(int(pid))
    return found


async def reads(program, folder, postgres, redis_url, args):
    off = {"CLAUDEBENCH_CACHE_ENTRIES": "0"}
    kinds = {"not kept": off, "kept": {}, "kept, with Redis": {"CLAUDEBENCH_REDIS_URL": redis_url}}
    for name, more in kinds.items():
        async with postgres.database() as database:
            env = {"CLAUDEBENCH_STORE_URL": postgres.url(database), **more}
            async with bench_server(program, folder, env) as address:
                took = ["--rounds", str(args.rounds), "--seconds", str(args.seconds)]
                [figure] = await bench(program, folder, "read", "--url", url(address), *took)
                print(f"task.get, 64 connections, {name}: {figure['value']:,.0f}/s, {figure['ratio']:.2f} of the echo")


async def lives(program, folder, postgres, redis_url, args):
    """Whole lives at one of two servers, in turns with Redis and without."""
    found = {"without Redis": [], "with Redis": []}
    for _ in range(args.rounds):
        for name, rates in found.items():
            more = {"CLAUDEBENCH_REDIS_URL": redis_url} if name == "with Redis" else {}
            async with postgres.database() as database:
                env = {"CLAUDEBENCH_STORE_URL": postgres.url(database), **more}
                async with bench_server(program, folder, env) as one, bench_server(program, folder, env):
                    took = ["--rounds", "1", "--seconds", str(args.seconds)]
                    figures = await bench(program, folder, "lifecycle", "--url", url(one), *took)
                    rates.append(figures[0]["value"])
    without, with_redis = (statistics.median(rates) for rates in found.values())
    print(f"create, claim, complete: {without:,.0f}/s without Redis, {with_redis:,.0f}/s with, {with_redis / without:.3f}")


async def subscribers(program, folder, postgres, redis_url, args):
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(postgres.database())
        env = {"CLAUDEBENCH_STORE_URL": postgres.url(database), "CLAUDEBENCH_REDIS_URL": redis_url}
        start = lambda: stack.enter_async_context(bench_server(program, folder, env))  # noqa: E731
        addresses = [await start() for _ in range(3)]
        servers = children()
        assert len(servers) == 3, servers
        await asyncio.sleep(2)
        beside = [word for address in addresses[1:] for word in ("--worker-url", url(address))]

        def fanout(seconds, count):
            took = ["--seconds", str(seconds), "--subscribers", str(count)]
            return bench(program, folder, "fanout", "--url", url(addresses[0]), *beside, *took)

        # What servers take when they are used for the first time is not a subscriber's.
        await fanout(1, args.subscribers // 10)
        before = sum(map(resident, servers))
        running = asyncio.create_task(fanout(args.seconds * 2, args.subscribers))
        most = before
        while not running.done():
            most = max(most, sum(map(resident, servers)))
            await asyncio.sleep(0.2)
        [figure] = running.result()
        each, spread = (most - before) / args.subscribers, figure["spread"]
        print(
            f"{args.subscribers} subscribers at three servers, 50 events/s: {figure['value']:.1f} % delivered in order, "
            f"p50 {spread['p50Ms']:.2f} ms, p99 {spread['p99Ms']:.2f} ms; {each:.1f} KiB of memory each"
        )


async def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("program")
    args.add_argument("--rounds", type=int, default=3)
    args.add_argument("--seconds", type=int, default=5)
    args.add_argument("--subscribers", type=int, default=3_000)
    args = args.parse_args()
    program = os.path.abspath(args.program)
    with tempfile.TemporaryDirectory() as folder:
        async with postgres_server.started(None) as postgres, redis(folder) as port:
            for measured in (reads, lives, subscribers):
                await measured(program, folder, postgres, f"redis://127.0.0.1:{port}", args)


if __name__ == "__main__":
    asyncio.run(main())
