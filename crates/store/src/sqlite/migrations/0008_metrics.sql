-- The figures of dashboards, counted along the event log.

-- How far it was counted; times before there are any are 0.
CREATE TABLE counted (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    version    INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    upto       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    redo_upto  INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    clearing   INTEGER,
    gaps       TEXT NOT NULL
);
INSERT INTO counted VALUES (1, 0, 0, 0, 0, 0, 0, NULL, '[]');

-- What happened in a minute (0), an hour (1) or a day (2): how often, how many of it had a value and
-- what those make together (a priority, milliseconds), when first and last. Of times, the pairs of
-- bucket and number as a JSON object.
CREATE TABLE task_metrics (
    tenant  INTEGER NOT NULL,
    span    INTEGER NOT NULL,
    name    TEXT NOT NULL,
    start   INTEGER NOT NULL,
    count   INTEGER NOT NULL,
    valued  INTEGER NOT NULL,
    sum     INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    buckets TEXT,
    PRIMARY KEY (tenant, span, name, start)
) WITHOUT ROWID;
CREATE INDEX task_metrics_by_age ON task_metrics (span, start);

-- What a worker did in a day; '' are those that have no figures of their own.
CREATE TABLE worker_metrics (
    tenant    INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    worker    TEXT NOT NULL,
    started   INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    returned  INTEGER NOT NULL,
    lost      INTEGER NOT NULL,
    worked    INTEGER NOT NULL,
    worked_ms INTEGER NOT NULL,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    PRIMARY KEY (tenant, day, worker)
) WITHOUT ROWID;
CREATE INDEX worker_metrics_by_age ON worker_metrics (day);
