"""A PostgreSQL of our own: in a temporary folder, on the loopback, with fsync on. It ends with this process, however
that ends, and its data goes with it."""

import asyncio
import os
import pwd
import secrets
import shutil
import socket
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

# The same for all that are measured. What is not named is PostgreSQL's default; what bears on durability is named
# although it is.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "max_connections": "200",
}

# Ends the server when its input does, so that it does not outlive the driver; then nothing of it stays.
WATCH = '"$@" </dev/null & cat >/dev/null; kill -INT $!; wait $!; rm -rf -- "$0"'


class Failed(Exception):
    """Something did not do what it was asked."""


def programs():
    """The folder of PostgreSQL's programs: Debian's newest, or else that of the PATH."""
    debian = Path("/usr/lib/postgresql")
    found = [folder for folder in debian.glob("*/bin") if (folder / "postgres").exists()]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    return Path(shutil.which("postgres") or "/nonexistent/postgres").parent


def account():
    """PostgreSQL does not run as root: then it gets the account `postgres`."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    def __init__(self, port, password):
        self.port = port
        self.password = password
        self.made = 0

    def url(self, database):
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    async def connect(self, database):
        return await asyncpg.connect(self.url(database))

    async def _run(self, *statements):
        connection = await self.connect("postgres")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def version(self):
        connection = await self.connect("postgres")
        try:
            return (await connection.fetchval("SHOW server_version")).split()[0]
        finally:
            await connection.close()

    @asynccontextmanager
    async def database(self, template=None):
        """A database, empty or like another, that is dropped in the end. What is dirty is written before it is lent."""
        self.made += 1
        name = f"peer_{self.made}"
        like = f" TEMPLATE {template}" if template else ""
        await self._run(f"CREATE DATABASE {name}{like}", "CHECKPOINT")
        try:
            yield name
        finally:
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")


async def finish(program, *args, **options):
    process = await asyncio.create_subprocess_exec(
        program, *args, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, **options
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise Failed(f"{program} {' '.join(map(str, args))}:\n{said.decode()}")
    return said.decode()


async def _ready(postgres, process, log):
    for _ in range(600):
        if process.returncode is not None:
            break
        try:
            return await (await postgres.connect("postgres")).close()
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.1)
    raise Failed(f"PostgreSQL did not start:\n{log.read_text()}")


@asynccontextmanager
async def started(parent):
    folder = Path(tempfile.mkdtemp(prefix="claudebench-peers-", dir=parent))
    options = {"cwd": folder, **account()}
    try:
        if options.get("user"):
            os.chown(folder, options["user"], options["group"])
        postgres = Postgres(free_port(), secrets.token_hex(16))
        password = folder / "password"
        password.touch(mode=0o600)
        password.write_text(postgres.password)
        if options.get("user"):
            os.chown(password, options["user"], options["group"])
        initdb = f"--pgdata=data --username=postgres --pwfile={password} --auth=scram-sha-256 --encoding=UTF8 --locale=C"
        await finish(programs() / "initdb", *initdb.split(), **options)
        own = {"listen_addresses": "127.0.0.1", "port": postgres.port, "unix_socket_directories": folder}
        with open(folder / "data/postgresql.conf", "a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in {**SETTINGS, **own}.items())
        log = folder / "log"
        with open(log, "w") as output:
            process = await asyncio.create_subprocess_exec(
                *("sh", "-c", WATCH, folder, programs() / "postgres", "-D", folder / "data"),
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                # Ctrl-C is for the driver, which ends everything in order.
                process_group=0,
                **options,
            )
        try:
            await _ready(postgres, process, log)
            yield postgres
        finally:
            process.stdin.close()
            await process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
