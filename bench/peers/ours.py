"""Our own rows: `claudebench serve` over a database of the same server, measured by `claudebench bench`. Each figure has
a database of its own, filled by nothing else; the hand-over has two servers, so that the worker waits at another
one than the one that is told of the task."""

import asyncio
import json
import os
import tempfile
import urllib.request
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from server import Failed, free_port

PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parents[2] / "target")) / "release/claudebench"
CONNECTIONS = 64
PATIENCE = 60

# What `claudebench bench` calls it, what the table does, and how it was asked; hand-overs are told apart below.
FIGURES = {
    "create": {"task.create, durable": ("enqueue one by one, 64 callers", f"HTTP, {CONNECTIONS} connections")},
    "bulk": {
        "task.create_many by 1000": ("enqueue by 1,000", "HTTP, 8 connections"),
        "claim and complete_many by 100": ("drain in batches", "HTTP, 8 connections, batch 100"),
    },
    "drain": {"claim and complete, one a request": ("drain one by one", f"HTTP, {CONNECTIONS} connections")},
    "handover": {"hand-over to a waiting claim p50": ("hand-over p50", "HTTP, two servers")},
}


class NotServed(Exception):
    """Our server does not run over PostgreSQL."""


def is_ready(url):
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


@asynccontextmanager
async def serving(store):
    """A server of ours over a database."""
    with tempfile.TemporaryDirectory(prefix="claudebench-peers-") as data:
        url = f"http://127.0.0.1:{free_port()}"
        process = await asyncio.create_subprocess_exec(
            *(PROGRAM, "serve", "--listen", url.removeprefix("http://"), "--data", data, "--stop-with-stdin"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            process_group=0,
            # Not on the command line, which everybody may read: it has a password.
            env={**os.environ, "CLAUDEBENCH_STORE_URL": store},
        )
        said = asyncio.create_task(process.stderr.read())
        try:
            for _ in range(PATIENCE * 10):
                if process.returncode is not None:
                    raise NotServed((await said).decode().strip())
                if await asyncio.to_thread(is_ready, url):
                    break
                await asyncio.sleep(0.1)
            else:
                raise NotServed(f"the server was not ready within {PATIENCE} s")
            yield url
        finally:
            process.stdin.close()
            await process.wait()


async def bench(scenario, urls, args):
    """What `claudebench bench` measured: its figures by their names, and its version."""
    options = ["--url", urls[0], "--connections", str(CONNECTIONS), "--rounds", str(args.rounds)]
    options += ["--seconds", str(args.seconds), "--warm-up", str(args.warm_up), "--dir", str(args.dir), "--json"]
    if len(urls) > 1:
        options += ["--worker-url", urls[1]]
    process = await asyncio.create_subprocess_exec(
        *(PROGRAM, "bench", scenario, *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        process_group=0,
    )
    try:
        out, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if process.returncode:
        raise Failed(f"claudebench bench {scenario}: {said.decode()}")
    told = json.loads(out)
    return {figure["work"]: figure for figure in told["figures"]}, told["conditions"]["version"]


async def rows(postgres, args):
    """Peer, version, figure, unit, rounds and setting of each row."""
    if not PROGRAM.exists():
        raise NotServed(f"{PROGRAM} is missing: `make bench-peers` builds it")
    measured = []
    for scenario, names in FIGURES.items():
        if not any(word in name for name, _ in names.values() for word in args.figures):
            continue
        async with AsyncExitStack() as stack:
            store = postgres.url(await stack.enter_async_context(postgres.database()))
            servers = 2 if scenario == "handover" else 1
            urls = [await stack.enter_async_context(serving(store)) for _ in range(servers)]
            figures, version = await bench(scenario, urls, args)
        for work, (name, setting) in names.items():
            figure = figures[work]
            if figure["failed"]:
                raise Failed(f"claudebench bench {scenario}: {figure['failed']} requests failed")
            unit = "ms" if scenario == "handover" else "jobs/s"
            measured.append(("claudebench", version, name, unit, figure["rounds"], setting))
            if scenario == "handover":
                p99 = [figure["spread"]["p99Ms"]]
                measured.append(("claudebench", version, "hand-over p99", unit, p99, setting))
    return measured
