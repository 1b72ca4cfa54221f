-- Times are milliseconds since 1970, ids 63-bit integers, JSON is text. Every table has its tenant.

CREATE TABLE tenants (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
INSERT INTO tenants (id, name) VALUES (1, 'default');

CREATE TABLE tasks (
    id                INTEGER PRIMARY KEY,
    tenant            INTEGER NOT NULL,
    -- 0 pending, 1 in progress, 2 completed, 3 failed, 4 cancelled
    status            INTEGER NOT NULL,
    -- of a pending task: 1 ready, 2 scheduled, 3 blocked; else 0
    phase             INTEGER NOT NULL,
    -- of a ready task: the lane it waits in
    lane              INTEGER,
    -- the claim order within a lane, smallest first
    rank              INTEGER NOT NULL,
    priority          INTEGER NOT NULL,
    version           INTEGER NOT NULL,
    -- the newest event; each event names the one before it
    last_event        INTEGER NOT NULL,
    fence             INTEGER NOT NULL DEFAULT 0,
    attempt           INTEGER NOT NULL DEFAULT 0,
    losses            INTEGER NOT NULL DEFAULT 0,
    -- the fence of the last report that ended an attempt, and how: 4 x fence + 0 failed for good by
    -- a completion, 1 completed, 2 failed, 3 released; 0 when something else has moved it on since
    settled           INTEGER NOT NULL DEFAULT 0,
    max_attempts      INTEGER NOT NULL,
    open_dependencies INTEGER NOT NULL DEFAULT 0,
    has_dependents    INTEGER NOT NULL DEFAULT 0,
    -- of a task that is held: the length of its lease, and whether that was asked for, so that
    -- silence of the instance does not end it
    held_ms           INTEGER,
    held_explicit     INTEGER NOT NULL DEFAULT 0,
    attachment_count  INTEGER NOT NULL DEFAULT 0,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    started_at        INTEGER,
    completed_at      INTEGER,
    run_at            INTEGER,
    assigned_at       INTEGER,
    assigned_to       TEXT,
    completed_by      TEXT,
    error             TEXT,
    reason            TEXT,
    lease_ms          INTEGER,
    deadline_ms       INTEGER,
    backoff           TEXT,
    parent            INTEGER,
    project           TEXT,
    roles             TEXT,
    tags              TEXT,
    unique_key        TEXT,
    progress          REAL,
    note              TEXT,
    checkpoint        TEXT,
    created_by        TEXT NOT NULL,
    traceparent       TEXT,
    text              TEXT NOT NULL,
    metadata          TEXT
);
CREATE INDEX tasks_ready ON tasks (lane, rank) WHERE phase = 1;
CREATE INDEX tasks_scheduled ON tasks (run_at) WHERE phase = 2;
CREATE INDEX tasks_by_status ON tasks (tenant, status);
CREATE INDEX tasks_by_assignee ON tasks (tenant, assigned_to) WHERE assigned_to IS NOT NULL;
CREATE INDEX tasks_by_project ON tasks (tenant, project, status) WHERE project IS NOT NULL;
CREATE INDEX tasks_by_parent ON tasks (parent) WHERE parent IS NOT NULL;
CREATE UNIQUE INDEX tasks_unique ON tasks (tenant, unique_key)
    WHERE unique_key IS NOT NULL AND status < 2;

-- What heartbeats and cancellations add to a lease, from the first one on; they touch this table
-- alone. The lease itself is in the task: its worker is `assigned_to`, it began at `started_at` and
-- lasts `held_ms`, the attempt `deadline_ms`.
CREATE TABLE leases (
    task              INTEGER PRIMARY KEY,
    tenant            INTEGER NOT NULL,
    lease_ms          INTEGER NOT NULL,
    explicit          INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    -- when its worker must have stopped, once the task is called off
    cancel_at         INTEGER,
    cancel_note       TEXT,
    cancel_asked_at   INTEGER,
    -- what becomes of its dependents then: 0 they wait, 1 cancelled too, 2 released
    cancel_dependents INTEGER NOT NULL DEFAULT 0,
    progress          REAL,
    note              TEXT,
    checkpoint        TEXT
);

CREATE TABLE dependencies (
    task   INTEGER NOT NULL,
    tenant INTEGER NOT NULL,
    on_id  INTEGER NOT NULL,
    -- it was completed once, or its cancellation let the dependents go
    done   INTEGER NOT NULL,
    PRIMARY KEY (task, on_id)
) WITHOUT ROWID;
CREATE INDEX dependencies_by_target ON dependencies (on_id) WHERE done = 0;

-- Tags (kind 0) and roles (kind 1), for lists that filter by them.
CREATE TABLE labels (
    tenant INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    name   TEXT NOT NULL,
    task   INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, name, task)
) WITHOUT ROWID;

CREATE TABLE attachments (
    id         INTEGER PRIMARY KEY,
    tenant     INTEGER NOT NULL,
    task       INTEGER NOT NULL,
    key        TEXT NOT NULL,
    kind       INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    mime_type  TEXT,
    size       INTEGER,
    url        TEXT,
    value      TEXT,
    content    TEXT
);
CREATE UNIQUE INDEX attachments_by_key ON attachments (task, key);

CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,
    tenant      INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    task        INTEGER,
    version     INTEGER,
    attempt     INTEGER,
    -- the task's event before this one
    prev        INTEGER,
    project     TEXT,
    actor       TEXT NOT NULL,
    traceparent TEXT,
    payload     TEXT NOT NULL
);

-- Tasks that are gone, while their events are kept.
CREATE TABLE deleted (
    task       INTEGER PRIMARY KEY,
    tenant     INTEGER NOT NULL,
    last_event INTEGER NOT NULL
);
CREATE INDEX deleted_by_event ON deleted (last_event);

-- How many tasks there are, by what they are; project '' is the whole tenant.
CREATE TABLE counts (
    tenant      INTEGER NOT NULL,
    project     TEXT NOT NULL,
    ready       INTEGER NOT NULL,
    scheduled   INTEGER NOT NULL,
    blocked     INTEGER NOT NULL,
    in_progress INTEGER NOT NULL,
    completed   INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    cancelled   INTEGER NOT NULL,
    PRIMARY KEY (tenant, project)
) WITHOUT ROWID;

CREATE TABLE idempotency (
    tenant      INTEGER NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    outcome     TEXT NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_by_end ON idempotency (expires_at);

CREATE TABLE instances (
    tenant        INTEGER NOT NULL,
    id            TEXT NOT NULL,
    roles         TEXT NOT NULL,
    metadata      TEXT,
    online        INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    seen_at       INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE config (
    tenant     INTEGER NOT NULL,
    key        TEXT NOT NULL,
    value      TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) WITHOUT ROWID;

CREATE TABLE pauses (
    tenant    INTEGER NOT NULL,
    scope     TEXT NOT NULL,
    reason    TEXT,
    until     INTEGER,
    paused_at INTEGER NOT NULL,
    paused_by TEXT NOT NULL,
    PRIMARY KEY (tenant, scope)
) WITHOUT ROWID;

CREATE TABLE keys (
    id         TEXT PRIMARY KEY,
    tenant     INTEGER NOT NULL,
    name       TEXT NOT NULL,
    hash       BLOB NOT NULL,
    scopes     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) WITHOUT ROWID;
CREATE INDEX keys_by_tenant ON keys (tenant);

CREATE TABLE votes (
    tenant   INTEGER NOT NULL,
    decision TEXT NOT NULL,
    instance TEXT NOT NULL,
    value    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (tenant, decision, instance)
) WITHOUT ROWID;
CREATE INDEX votes_by_age ON votes (at);

CREATE TABLE decisions (
    tenant   INTEGER NOT NULL,
    decision TEXT NOT NULL,
    value    TEXT NOT NULL,
    votes    INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (tenant, decision)
) WITHOUT ROWID;
CREATE INDEX decisions_by_age ON decisions (at);

CREATE TABLE batches (
    tenant    INTEGER NOT NULL,
    id        TEXT NOT NULL,
    processor TEXT NOT NULL,
    items     INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX batches_by_age ON batches (at);

-- Words of the tasks' texts up to the id `search.upto`; newer ones are looked at one by one until
-- a quiet moment comes.
CREATE VIRTUAL TABLE search USING fts5 (
    text, content = '', contentless_delete = 1, detail = none,
    tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TABLE search_state (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    upto INTEGER NOT NULL
);
INSERT INTO search_state VALUES (1, 0);

-- A task as the program reads it: by position, in this order.
CREATE VIEW task_rows AS
SELECT id, tenant, text, status, priority, metadata, assigned_to, assigned_at, completed_by, error,
       reason, created_at, updated_at, started_at, completed_at, run_at, version, fence, attempt,
       losses, max_attempts, lease_ms, deadline_ms, backoff, open_dependencies, parent, project,
       roles, tags, unique_key, progress, note, checkpoint, attachment_count, created_by,
       traceparent, phase, lane, rank, last_event, has_dependents, settled, held_ms,
       held_explicit
FROM tasks;
