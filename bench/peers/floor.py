"""What PostgreSQL does without a queue: single-row inserts by pgbench, 64 clients, each committed."""

import os
import re
import tempfile

from server import Failed, finish, programs

FIGURE = "single-row inserts, 64 clients"
SETTING = "2 threads, prepared"

TABLE = "CREATE TABLE floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL)"
# As long as the tasks of `claudebench bench`.
INSERT = "INSERT INTO floor (text) VALUES ('00000001 review parser release notes flaky ');\n"


async def inserts(postgres, args):
    """Rows a second."""
    async with postgres.database() as database:
        connection = await postgres.connect(database)
        await connection.execute(TABLE)
        await connection.close()
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(INSERT)
            script.flush()
            options = "--no-vacuum --protocol=prepared --client=64 --jobs=2"
            where = f"--host=127.0.0.1 --port={postgres.port} --username=postgres --file={script.name}"
            for seconds in (args.warm_up, args.seconds):
                time = f"--time={max(1, round(seconds))}"
                said = await finish(
                    programs() / "pgbench",
                    *(*options.split(), *where.split(), time, database),
                    env={**os.environ, "PGPASSWORD": postgres.password},
                )
    tps = re.search(r"tps = ([\d.]+) \(without initial", said)
    if not tps:
        raise Failed(f"pgbench: {said}")
    return float(tps[1])
