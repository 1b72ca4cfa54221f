//! What a later version may do to the schema while servers of this one go on.

use claudebench_store::postgres::{MIGRATIONS, Migration};

/// Every table. A step touches one of them, as whoever waits for one while it holds another might
/// wait for somebody who does the reverse.
const TABLES: [&str; 30] = [
    "tasks",
    "events",
    "labels",
    "attachments",
    "words",
    "ready",
    "scheduled",
    "leases",
    "lanes",
    "news",
    "count_changes",
    "counts",
    "unique_keys",
    "dependencies",
    "idempotency",
    "instances",
    "config",
    "pauses",
    "keys",
    "votes",
    "decisions",
    "batches",
    "counted",
    "task_metrics",
    "worker_metrics",
    "chores",
    "marks",
    "servers",
    "archives",
    "restored",
];

/// Nobody writes a new column, so it has a default; a new table is nobody's; an index is built while
/// others write, on what is divided month by month.
const OTHERS: [(&str, &str); 3] = [
    ("more", "CREATE TABLE more (id bigint PRIMARY KEY, task bigint NOT NULL)"),
    (
        "index",
        "-- no transaction\n\
         CREATE INDEX CONCURRENTLY IF NOT EXISTS leases_later ON leases (later);\n",
    ),
    (
        "index of months",
        "-- no transaction\n\
         CREATE INDEX IF NOT EXISTS tasks_later ON ONLY tasks (updated_at);\n\
         SELECT format('CREATE INDEX CONCURRENTLY IF NOT EXISTS %I ON %s (updated_at)',\n\
             i.inhrelid::regclass || '_later', i.inhrelid::regclass)\n\
         FROM pg_inherits AS i WHERE i.inhparent = 'tasks'::regclass;\n\
         SELECT format('ALTER INDEX tasks_later ATTACH PARTITION %I',\n\
             i.inhrelid::regclass || '_later')\n\
         FROM pg_inherits AS i WHERE i.inhparent = 'tasks'::regclass;\n",
    ),
];

/// Steps of versions to come: all that may be added to the schema.
#[must_use]
pub fn later() -> Vec<Migration> {
    let own = MIGRATIONS.last().map_or(0, |own| own.version);
    let columns = TABLES.iter().map(|table| {
        let text = format!("ALTER TABLE {table} ADD COLUMN later text NOT NULL DEFAULT 'x'");
        (*table, &*text.leak())
    });
    let steps = columns.chain(OTHERS);
    let step = |(version, (name, text))| Migration { version, name, needs: own, text };
    (own + 1..).zip(steps).map(step).collect()
}
