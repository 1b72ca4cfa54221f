#!/usr/bin/env python3
"""What a hook costs: the whole process, from its start to its end, with a server beside it.

    cargo build --release -p claudebench
    bench/hooks/measure.py target/release/claudebench [--peer claude_code_hooks.py] [--rounds 300]

Starts a server of its own in a temporary folder. The programs take turns, one call each, so that all of
them see the same machine. `true` is what it costs to start any process from here.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

EVENTS = {
    "PreToolUse": {"tool_name": "Bash", "tool_input": {"command": "cargo test --workspace"}},
    "PostToolUse": {
        "tool_name": "Edit",
        "tool_input": {"file_path": "/srv/site/a.rs", "old_string": "a", "new_string": "b"},
        "tool_response": {"filePath": "/srv/site/a.rs", "text": "x" * 2000},
    },
}


def event(name, number):
    base = {"session_id": "bench-session", "transcript_path": "/t", "cwd": "/srv/site"}
    return json.dumps(
        {**base, "hook_event_name": name, "tool_use_id": f"toolu_{name}_{number}", **EVENTS[name]}
    ).encode()


def timed(command, text, env):
    began = time.perf_counter()
    done = subprocess.run(command, input=text, env=env, capture_output=True)
    took = (time.perf_counter() - began) * 1000
    if done.returncode != 0:
        sys.exit(f"{command}: {done.returncode}: {done.stderr.decode()}")
    return took


def shown(name, times):
    times = sorted(times)
    p95 = times[len(times) * 95 // 100]
    print(f"  {name:<28} p50 {statistics.median(times):7.2f} ms   p95 {p95:7.2f} ms")
    return statistics.median(times)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("program")
    args.add_argument("--peer", help="the public client, claude_code_hooks.py")
    args.add_argument("--rounds", type=int, default=300)
    args = args.parse_args()
    program = os.path.abspath(args.program)
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--data", f"{folder}/data", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = json.loads(server.stdout.readline())["urls"][0]
            env = {
                "PATH": os.environ["PATH"],
                "HOME": folder,
                "XDG_STATE_HOME": f"{folder}/state",
                "CLAUDEBENCH_URL": url,
                "CLAUDEBENCH_RPC_URL": f"{url}/rpc",
            }
            measure(program, args, env)
        finally:
            server.terminate()
            server.wait()


def measure(program, args, env):
    commands = {"true": ["true"], "claudebench hook": [program, "hook"]}
    if args.peer:
        commands["the public Python client"] = [sys.executable, args.peer]
    away = {**env, "CLAUDEBENCH_URL": "http://127.0.0.1:9", "XDG_STATE_HOME": env["HOME"] + "/away"}
    for name in EVENTS:
        times = {what: [] for what in [*commands, "claudebench hook, no server"]}
        for number in range(args.rounds):
            text = event(name, number)
            for what, command in commands.items():
                times[what].append(timed(command, text, env))
            if number < 100:
                times["claudebench hook, no server"].append(timed([program, "hook"], text, away))
        print(f"{name}, {args.rounds} rounds")
        medians = {what: shown(what, of) for what, of in times.items()}
        if args.peer:
            ours, theirs = medians["claudebench hook"], medians["the public Python client"]
            print(f"  ours is {ours / theirs:.3f} of the public client's")


if __name__ == "__main__":
    main()
