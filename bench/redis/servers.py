"""Servers for measurements: Redis, ours, and keys."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))
import server as postgres_server  # noqa: E402


@asynccontextmanager
async def ended(process):
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def redis(folder, *more):
    port = postgres_server.free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, *more]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    async with ended(process):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        yield port


@asynccontextmanager
async def bench_server(program, folder, settings):
    env = {"PATH": os.environ["PATH"], "HOME": folder, **settings}
    command = [program, "serve", "--listen", "127.0.0.1:0", "--json", "--data", f"{folder}/data"]
    process = await asyncio.create_subprocess_exec(
        *command, env=env, stdout=asyncio.subprocess.PIPE, stderr=open(f"{folder}/log", "a")
    )
    async with ended(process):
        line = await process.stdout.readline()
        if not line:
            raise SystemExit(Path(f"{folder}/log").read_text())
        host, port = json.loads(line)["urls"][0].removeprefix("http://").split(":")
        yield host, int(port)


async def made_key(program, env, folder):
    command = [program, "key", "create", "--name", "bench", "--scopes", "admin", "--json"]
    process = await asyncio.create_subprocess_exec(
        *command, env={"PATH": os.environ["PATH"], "HOME": folder, **env}, cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    return json.loads((await process.communicate())[0])["key"]
