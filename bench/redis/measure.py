#!/usr/bin/env python3
"""What a Redis beside the servers costs and gives: events from one server to another, the count of calls, and how
exact it is over three servers. PostgreSQL and Redis are started for it, with fsync on, and end with it.

    cargo build --release -p claudebench
    python3 -m venv venv && venv/bin/pip install asyncpg
    venv/bin/python bench/redis/measure.py target/release/claudebench

Needs PostgreSQL, redis-server and wrk (Debian: postgresql redis-server wrk).
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from servers import bench_server, made_key, postgres_server, redis

# Asks with a key, or two in turn.
WRK = """
wrk.method = "POST"
wrk.body = "{}"
wrk.headers["Authorization"] = "Bearer KEY"
"""


class Client:
    """One connection that is kept."""

    def __init__(self, address):
        self.address = address

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection(*self.address)
        return self

    async def post(self, path, body, key=None):
        text = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(text)}\r\n"
        if key:
            head += f"Authorization: Bearer {key}\r\n"
        self.writer.write(head.encode() + b"\r\n" + text)
        length = 0
        while (line := await self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
        return json.loads(await self.reader.readexactly(length))


async def follow(address, seen):
    """Notes when each event comes."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"GET /events?events=task.created HTTP/1.1\r\nHost: localhost\r\n\r\n")
    while line := await reader.readline():
        if line.startswith(b"data:"):
            now = time.perf_counter()
            event = json.loads(line[5:])
            seen[event.get("payload", {}).get("text")] = now


async def round_trip(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    for _ in range(1_000):
        began = time.perf_counter()
        writer.write(b"PING\r\n")
        await reader.readline()
        times.append(time.perf_counter() - began)
    writer.close()
    return statistics.median(times) * 1_000


async def events(first, second, rounds):
    """Medians in milliseconds: the answer to whoever wrote at the first, the event at the second."""
    seen = {}
    following = asyncio.create_task(follow(second, seen))
    client = await Client(first).open()
    await asyncio.sleep(1)
    answered, came = [], []
    for n in range(rounds):
        text = f"event {n}"
        began = time.perf_counter()
        await client.post("/task/create", {"text": text})
        answered.append(time.perf_counter() - began)
        while text not in seen:
            await asyncio.sleep(0)
        came.append(seen[text] - began)
    following.cancel()
    p95 = sorted(came)[rounds * 95 // 100] * 1_000
    return statistics.median(answered) * 1_000, statistics.median(came) * 1_000, p95


async def wrk(address, key, folder, seconds, connections=64):
    script = Path(folder) / "wrk.lua"
    script.write_text(WRK.replace("KEY", key))
    host, port = address
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), f"http://{host}:{port}/task/stats"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said = (await process.communicate())[0].decode()
    total = int(said.split(" requests in")[0].split()[-1])
    refused = said.split("Non-2xx or 3xx responses: ")[1].split()[0] if "Non-2xx" in said else 0
    return total, int(refused)


async def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("program")
    args.add_argument("--rounds", type=int, default=300)
    args.add_argument("--seconds", type=int, default=5)
    args = args.parse_args()
    program = os.path.abspath(args.program)
    with tempfile.TemporaryDirectory() as folder:
        async with postgres_server.started(None) as postgres, redis(folder) as port:
            trip = await round_trip(port)
            print(f"round trip to Redis: {trip:.3f} ms")
            url = f"redis://127.0.0.1:{port}"
            for name, more in (("without Redis", {}), ("with Redis", {"CLAUDEBENCH_REDIS_URL": url})):
                async with postgres.database() as database:
                    env = {"CLAUDEBENCH_STORE_URL": postgres.url(database), **more}
                    async with bench_server(program, folder, env) as a, bench_server(program, folder, env) as b:
                        answer, event, p95 = await events(a, b, args.rounds)
                        bound = 3 * trip + answer
                        print(
                            f"{name}: commit answered {answer:.2f} ms, event at the other server {event:.2f} ms "
                            f"(p95 {p95:.2f}); commit and three round trips: {bound:.2f} ms"
                        )
            await rates(program, folder, postgres, url, args.seconds)


async def rates(program, folder, postgres, url, seconds):
    open_env = {"CLAUDEBENCH_AUTH_REQUIRED": "always"}
    off = {"CLAUDEBENCH_RATES_GLOBAL": "0", "CLAUDEBENCH_RATES_PRINCIPAL": "0"}
    wide = {f"CLAUDEBENCH_RATES_{name}": "10000000" for name in ("GLOBAL", "PRINCIPAL", "GLOBAL_BURST")}
    wide["CLAUDEBENCH_RATES_BURST"] = "100000"
    kinds = {"not counted": off, "counted in memory": wide, "counted in Redis": {**wide, "CLAUDEBENCH_REDIS_URL": url}}
    # Over a data directory, where the rest of a call costs least.
    key = await made_key(program, {"CLAUDEBENCH_DATA": f"{folder}/data"}, folder)
    found = {name: [] for name in kinds}
    for _ in range(5):
        for name, more in kinds.items():
            async with bench_server(program, folder, {**open_env, **more}) as address:
                await wrk(address, key, folder, 1)
                total, refused = await wrk(address, key, folder, seconds)
                assert refused == 0, f"{refused} of {total} were refused"
                found[name].append(total / seconds)
    for name, rounds in found.items():
        ratio = statistics.median(rounds) / statistics.median(found["not counted"])
        print(f"task.stats over HTTP, 64 connections, calls {name}: {statistics.median(rounds):,.0f}/s ({ratio:.3f})")
    async with postgres.database() as database:
        env = {"CLAUDEBENCH_STORE_URL": postgres.url(database), **open_env}
        key = await made_key(program, env, folder)
        narrow = {
            "CLAUDEBENCH_RATES_PRINCIPAL": "12000",
            "CLAUDEBENCH_RATES_BURST": "500",
            "CLAUDEBENCH_RATES_GLOBAL": "0",
            "CLAUDEBENCH_REDIS_URL": url,
        }
        env |= narrow
        async with bench_server(program, folder, env) as a, bench_server(program, folder, env) as b:
            async with bench_server(program, folder, env) as c:
                await asyncio.sleep(3)
                began = time.perf_counter()
                runs = await asyncio.gather(*(wrk(one, key, folder, 10, 16) for one in (a, b, c)))
                took = time.perf_counter() - began
                let_in = sum(total - refused for total, refused in runs)
                least, most = 500 + 10 * 200, 500 + took * 200
                print(f"three servers, 12,000 a minute, 500 at once: {let_in:,} let in within {took:.2f} s, of {least:,} to {most:,.0f}")


asyncio.run(main())
