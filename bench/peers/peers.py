"""Who is measured, and with what. Why each setting is the best one of its peer is told in README.md; the
others that were tried are here, too: `run.py --every-setting` measures them all."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from importlib import metadata
from json import loads
from pathlib import Path

HERE = Path(__file__).parent

# What pg-boss and graphile-worker ask for.
OLDEST_NODE = (22, 18)


@dataclass
class Peer:
    name: str
    version: str
    command: list
    # How many jobs are not done yet.
    open: str
    # For each figure, the settings that were tried, the best one first; with how many processes at once.
    enqueue: list
    bulk: list
    single: list
    batched: list
    wait: list
    # For the one that sends what `wait` waits for.
    send: dict = field(default_factory=dict)
    # How many jobs there are to drain: in batches, and one by one.
    jobs: int = 300_000
    few: int = 100_000


def node():
    """Node.js: the one on the PATH, if it is new enough, or else the one that npm has installed here."""
    there = shutil.which("node")
    if there:
        said = subprocess.run([there, "--version"], capture_output=True, text=True, check=True).stdout
        if tuple(int(part) for part in re.findall(r"\d+", said)[:2]) >= OLDEST_NODE:
            return there
    installed = sorted((HERE / "node/node_modules").glob("node-*/bin/node"))
    if not installed:
        raise SystemExit(f"Node.js {'.'.join(map(str, OLDEST_NODE))} or newer is missing: run `make bench-peers`")
    return str(installed[0])


def npm_version(package):
    return loads((HERE / "node/node_modules" / package / "package.json").read_text())["version"]


def crate_version(name):
    lock = (HERE / "apalis/Cargo.lock").read_text()
    return re.search(rf'name = "{name}"\nversion = "(.*)"', lock)[1]


def graphile_worker():
    def work(processes, jobs, local=None, gather=None):
        settings = {"processes": processes, "jobs": jobs}
        return settings if local is None else {**settings, "localQueue": local, "gather": gather}

    return Peer(
        name="graphile-worker",
        version=npm_version("graphile-worker"),
        command=[node(), HERE / "node/peer.mjs", "graphile-worker"],
        open="SELECT count(*) FROM graphile_worker._private_jobs",
        enqueue=[
            {"processes": 1, "callers": 64, "pool": 64},
            {"processes": 1, "callers": 64, "pool": 20},
            {"processes": 2, "callers": 32, "pool": 32},
            {"processes": 2, "callers": 32, "pool": 10},
        ],
        bulk=[{"processes": 1, "callers": n, "pool": n, "batch": 1_000} for n in (4, 2, 1, 8)],
        single=[work(1, 24), work(1, 12), work(1, 48), work(2, 12), work(2, 24)],
        batched=[
            work(2, 24, 500, 0),
            work(1, 24, 500, 0),
            work(4, 24, 500, 0),
            work(2, 24, 500, 5),
            work(2, 100, 1_000, 0),
            work(2, 24, 1_000, 0),
        ],
        jobs=500_000,
        wait=[work(1, 1), work(1, 24)],
        send={"pool": 1},
    )


def pg_boss():
    return Peer(
        name="pg-boss",
        version=npm_version("pg-boss"),
        command=[node(), HERE / "node/peer.mjs", "pg-boss"],
        open="SELECT count(*) FROM pgboss.job WHERE name = 'work' AND state < 'completed'",
        enqueue=[
            {"processes": 2, "callers": 32, "pool": 10},
            {"processes": 1, "callers": 64, "pool": 64},
            {"processes": 1, "callers": 64, "pool": 20},
            {"processes": 2, "callers": 32, "pool": 32},
        ],
        bulk=[{"processes": 1, "callers": n, "pool": n, "batch": 1_000} for n in (4, 2, 1, 8)],
        single=[{"processes": p, "workers": n, "batch": 1} for p, n in ((1, 24), (1, 12), (1, 48), (2, 12), (2, 24))],
        batched=[
            {"processes": p, "workers": n, "batch": b}
            for p, n, b in ((1, 4, 1_000), (1, 2, 1_000), (1, 4, 100), (1, 2, 5_000), (2, 2, 1_000))
        ],
        wait=[{"processes": 1, "workers": 1}],
        send={"pool": 1},
    )


def pgqueuer():
    def work(processes, workers, batch, direct):
        return {"processes": processes, "workers": workers, "batch": batch, "direct": direct}

    return Peer(
        name="pgqueuer",
        version=metadata.version("pgqueuer"),
        command=[sys.executable, HERE / "pgqueuer/peer.py"],
        open="SELECT count(*) FROM pgqueuer",
        enqueue=[
            {"processes": 1, "callers": 64},
            {"processes": 2, "callers": 32},
            {"processes": 4, "callers": 16},
        ],
        bulk=[{"processes": p, "callers": n, "batch": 1_000} for p, n in ((2, 2), (2, 1), (1, 1), (1, 2), (2, 4))],
        single=[
            work(2, 4, 1, True),
            work(1, 4, 1, True),
            work(1, 8, 1, True),
            work(2, 2, 1, True),
            work(1, 24, 1, True),
            work(1, 12, 1, False),
        ],
        batched=[
            work(2, 2, 1_000, True),
            work(2, 4, 1_000, True),
            work(2, 1, 100, True),
            work(2, 2, 100, True),
            work(2, 1, 1_000, True),
            work(2, 1, 100, False),
            work(2, 1, 1_000, False),
        ],
        wait=[work(1, 1, 1, False), work(1, 1, 10, False)],
    )


def apalis():
    def work(processes, workers, batch):
        return {"processes": processes, "workers": workers, "batch": batch}

    target = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "apalis/target"))
    return Peer(
        name="apalis",
        version=crate_version("apalis-postgres"),
        command=[target / "release/apalis-peer"],
        open="SELECT count(*) FROM apalis.jobs WHERE status <> 'Done'",
        enqueue=[{"processes": 1, "callers": 64}],
        bulk=[{"processes": 1, "callers": n, "batch": 1_000} for n in (8, 4, 2, 1)],
        single=[work(1, n, 1) for n in (24, 4, 12, 48)],
        batched=[work(1, n, b) for n, b in ((2, 10_000), (4, 5_000), (2, 5_000), (2, 1_000), (4, 1_000), (2, 100))],
        # Its statement that fetches reads the whole table (README.md), so it is spared a large one.
        few=5_000,
        wait=[{"processes": 1, "workers": 1, "batch": 1, "listen": True}],
    )


# Made when they are asked for: each looks for what it needs.
PEERS = {"graphile-worker": graphile_worker, "pg-boss": pg_boss, "pgqueuer": pgqueuer, "apalis": apalis}
