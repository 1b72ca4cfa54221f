"""Measures other queues over PostgreSQL beside us, on one server, and prints one table. `make bench-peers` installs
what it needs and runs it; README.md says what is measured, and how."""

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import floor
import measure
import ours
import promises
import server
from peers import PEERS

RATE = "jobs/s"


@dataclass
class Row:
    peer: str
    version: str
    figure: str
    unit: str
    # Each round's.
    rounds: list
    setting: str

    @property
    def value(self):
        return statistics.median(self.rounds)


def tell(what):
    print(what, file=sys.stderr, flush=True)


def written(settings):
    return ", ".join(f"{name} {value}" for name, value in settings.items())


@asynccontextmanager
async def alone(lock):
    """Holds a lock that others hold who keep this machine busy."""
    if lock is None:
        yield
        return
    # A process, as waiting for a lock cannot be broken off otherwise.
    holder = await asyncio.create_subprocess_exec(
        *("flock", lock, "sh", "-c", "echo held; exec cat"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        process_group=0,
    )
    try:
        await holder.stdout.readline()
        yield
    finally:
        # The end of its input ends `cat`, which holds the lock; a `flock` that waits is told.
        holder.stdin.close()
        with suppress(ProcessLookupError):
            holder.terminate()
        await holder.wait()


async def peer_rows(postgres, peer, args):
    """What there is to measure about a peer: figures, the settings of each, and how."""
    async with AsyncExitStack() as stack:
        empty = await stack.enter_async_context(measure.prepared(postgres, peer))

        def putting(command):
            return lambda database, settings: measure.put_in(postgres, peer, database, command, settings, args)

        def draining(database, settings):
            return measure.drained(postgres, peer, database, settings, args)

        def handing(database, settings):
            return measure.handed_over(postgres, peer, database, settings, args.samples)

        figures = [
            (["enqueue one by one, 64 callers"], peer.enqueue, 0, putting("enqueue")),
            (["enqueue by 1,000"], peer.bulk, 0, putting("bulk")),
            (["drain one by one"], peer.single, peer.few, draining),
            (["drain in batches"], peer.batched, peer.jobs, draining),
            (["hand-over p50", "hand-over p99"], peer.wait, 0, handing),
        ]
        for names, tried, jobs, how in figures:
            if not tried or not any(word in name for name in names for word in args.figures):
                continue
            database = empty
            if jobs:
                database = await stack.enter_async_context(measure.filled(postgres, peer, empty, jobs))
            for settings in tried if args.every_setting else tried[:1]:
                rounds = [await how(database, settings) for _ in range(args.rounds)]
                rounds = [measured if isinstance(measured, tuple) else (measured,) for measured in rounds]
                for name, values in zip(names, zip(*rounds)):
                    unit = "ms" if "hand-over" in name else RATE
                    row = Row(peer.name, peer.version, name, unit, list(values), written(settings))
                    tell(f"{peer.name}, {name}: {number(row.value)} {unit} ({row.setting})")
                    yield row


async def everything(args):
    rows, missing = [], None
    async with server.started(args.dir) as postgres:
        version = await postgres.version()
        if "pgbench" in args.peers:
            async with alone(args.lock):
                rounds = [await floor.inserts(postgres, args) for _ in range(args.rounds)]
            rows.append(Row("pgbench", version, floor.FIGURE, "rows/s", rounds, floor.SETTING))
            tell(f"pgbench: {number(rows[-1].value)} rows/s")
        for name in args.peers:
            if name in PEERS:
                async with alone(args.lock):
                    rows += [row async for row in peer_rows(postgres, PEERS[name](), args)]
        if "claudebench" in args.peers:
            try:
                async with alone(args.lock):
                    rows += [Row(*row) for row in await ours.rows(postgres, args)]
            except ours.NotServed as error:
                missing = f"claudebench is not measured: {error}"
    return version, rows, missing


def number(value):
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def table(rows):
    cells = [("peer", "version", "figure", "measured", "unit", "setting"), ("---",) * 6]
    cells += [(row.peer, row.version, row.figure, number(row.value), row.unit, row.setting) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    return "\n".join("| " + " | ".join(f"{c:<{w}}" for c, w in zip(line, widths)) + " |" for line in cells)


def arguments():
    everybody = ["pgbench", *PEERS, "claudebench"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", nargs="*", metavar="PEER", help=f"which; all if absent: {', '.join(everybody)}")
    parser.add_argument("--figures", nargs="+", default=[""], metavar="WORD", help="only figures with such a word")
    parser.add_argument("--rounds", type=int, default=3, help="a figure is the middle of them (3)")
    parser.add_argument("--seconds", type=float, default=5, help="how long each round is measured (5)")
    parser.add_argument("--warm-up", type=float, default=1, help="seconds that each round runs before (1)")
    parser.add_argument("--samples", type=int, default=500, help="hand-overs a round (500)")
    parser.add_argument("--every-setting", action="store_true", help="measure all settings that peers.py has")
    parser.add_argument("--dir", type=Path, default="/var/tmp", help="where the data lies for the time (/var/tmp)")
    parser.add_argument("--lock", type=Path, help="a file to lock (flock) while a peer is measured")
    parser.add_argument("--json", type=Path, help="write each round's values there, too")
    parser.add_argument("--require-ours", action="store_true", help="exit with 1 if claudebench cannot be measured")
    args = parser.parse_args()
    args.peers = args.peers or everybody
    if unknown := set(args.peers) - set(everybody):
        parser.error(f"unknown: {', '.join(unknown)}")
    return args


async def main(args):
    # SIGTERM ends it in order, as Ctrl-C does.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    version, rows, missing = await everything(args)
    print(f"PostgreSQL {version}, {os.cpu_count()} processors, {args.rounds} rounds of {args.seconds:g} s\n")
    print(table(rows))
    for said in promises.judged(rows):
        print(said)
    if missing:
        print(f"\n{missing}")
    if args.json:
        args.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return 1 if missing and args.require_ours else 0


if __name__ == "__main__":
    try:
        raise SystemExit(asyncio.run(main(arguments())))
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise SystemExit("interrupted") from None
    except server.Failed as error:
        raise SystemExit(str(error)) from None
