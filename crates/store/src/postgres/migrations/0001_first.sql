-- Times are milliseconds since 1970; ids and places in the log are (ms << 20) + a sequence; JSON is
-- text. Names that things are ordered by go by their bytes, as in the embedded store.

CREATE TABLE tenants (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO tenants (name) VALUES ('default');
-- Its low 20 bits are those of a task's id.
CREATE SEQUENCE task_ids;
-- The place of the newest event, or a later one. What was drawn is not given back.
CREATE SEQUENCE log_place MINVALUE 0 START 0;

CREATE TABLE tasks (
    id bigint PRIMARY KEY, tenant bigint NOT NULL,
    rank bigint NOT NULL, fence bigint NOT NULL DEFAULT 0, settled bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL,
    started_at bigint, completed_at bigint, run_at bigint, assigned_at bigint, parent bigint,
    held_ms bigint, lease_ms bigint, deadline_ms bigint,
    lane integer, priority smallint NOT NULL, status smallint NOT NULL, phase smallint NOT NULL,
    attempt integer NOT NULL DEFAULT 0, losses integer NOT NULL DEFAULT 0, max_attempts integer NOT NULL,
    open_dependencies integer NOT NULL DEFAULT 0, attachment_count integer NOT NULL DEFAULT 0,
    has_dependents boolean NOT NULL DEFAULT false, held_explicit boolean NOT NULL DEFAULT false,
    progress double precision,
    assigned_to text COLLATE "C", completed_by text, error text, reason text, backoff text,
    project text COLLATE "C",
    roles text[], tags text[], unique_key text, note text, checkpoint text, created_by text NOT NULL,
    traceparent text, text text NOT NULL, metadata text
) PARTITION BY RANGE (id);
CREATE INDEX tasks_by_status   ON tasks (tenant, status, phase, id);
CREATE INDEX tasks_by_priority ON tasks (tenant, status, priority, id);
CREATE INDEX tasks_by_assignee ON tasks (tenant, assigned_to, id) WHERE assigned_to IS NOT NULL;
CREATE INDEX tasks_by_project  ON tasks (tenant, project, status, phase, id) WHERE project IS NOT NULL;
CREATE INDEX tasks_by_parent   ON tasks (parent, id) WHERE parent IS NOT NULL;
CREATE INDEX tasks_by_time     ON tasks USING brin (created_at) WITH (autosummarize = on);

-- Which lanes have tasks that are not ready yet.
CREATE INDEX tasks_waiting     ON tasks (lane) WHERE phase > 1;

-- A task as the writer reads it.
CREATE VIEW task_rows AS SELECT
    id, text, status, priority, metadata, assigned_to, assigned_at, completed_by, error, reason,
    created_at, updated_at, started_at, completed_at, run_at, version, fence, attempt, losses,
    max_attempts, lease_ms, deadline_ms, backoff, open_dependencies, parent, project, roles, tags,
    unique_key, progress, note, checkpoint, attachment_count, created_by, traceparent, tenant, phase,
    lane, rank, has_dependents, settled, held_ms, held_explicit
FROM tasks;

CREATE TABLE ready (
    lane integer NOT NULL, rank bigint NOT NULL, task bigint NOT NULL, PRIMARY KEY (lane, rank, task)
) WITH (fillfactor = 100, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_scale_factor = 0,
        autovacuum_vacuum_insert_threshold = 100000);

CREATE TABLE scheduled (run_at bigint NOT NULL, task bigint NOT NULL, PRIMARY KEY (run_at, task))
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE leases (
    task bigint PRIMARY KEY, tenant bigint NOT NULL, fence bigint NOT NULL, expires_at bigint NOT NULL,
    deadline_at bigint, cancel_at bigint, cancel_asked_at bigint, lease_ms bigint NOT NULL,
    -- not after what is due: a sweep looks then; extending leaves it
    check_at bigint NOT NULL,
    attempt integer NOT NULL, explicit boolean NOT NULL, cancel_dependents smallint NOT NULL DEFAULT 0,
    worker text NOT NULL, cancel_note text, progress double precision, note text, checkpoint text
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX leases_due ON leases (check_at);
CREATE INDEX leases_of_worker ON leases (tenant, worker);

-- A lease as the writer reads it.
CREATE VIEW lease_rows AS SELECT
    task, tenant, worker, fence, attempt, lease_ms, explicit, expires_at, deadline_at, cancel_at,
    progress, note, checkpoint, cancel_asked_at, cancel_note, cancel_dependents, check_at
FROM leases;

CREATE TABLE lanes (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant bigint NOT NULL, assignee text,
    project text, roles text[] NOT NULL, tags text[] NOT NULL, digest bytea NOT NULL UNIQUE,
    -- when it was first seen without ready tasks
    idle_since bigint
);
CREATE INDEX lanes_idle ON lanes (idle_since) WHERE idle_since IS NOT NULL;

CREATE TABLE events (
    seq bigint PRIMARY KEY, tenant bigint NOT NULL, at bigint NOT NULL, task bigint, version bigint,
    attempt integer, kind text NOT NULL, project text, actor text NOT NULL, traceparent text,
    payload text NOT NULL
) PARTITION BY RANGE (seq);
CREATE INDEX events_of_task ON events (task, version) WHERE task IS NOT NULL;

-- A row for each commit that others must hear of.
CREATE TABLE news (
    seq bigint PRIMARY KEY, server bigint NOT NULL, lanes integer[] NOT NULL, lowest bigint[] NOT NULL,
    counts integer[] NOT NULL, reopened boolean NOT NULL, due bigint, oldest bigint, changed integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

CREATE TABLE count_changes (
    tenant bigint NOT NULL, project text NOT NULL, seq bigint NOT NULL, by integer[7] NOT NULL,
    PRIMARY KEY (tenant, project, seq)
);

CREATE TABLE counts (
    tenant bigint NOT NULL, project text NOT NULL, upto bigint NOT NULL, n bigint[7] NOT NULL,
    PRIMARY KEY (tenant, project)
) WITH (fillfactor = 50);

CREATE TABLE unique_keys (tenant bigint NOT NULL, key text NOT NULL, task bigint NOT NULL, PRIMARY KEY (tenant, key));

CREATE TABLE dependencies (
    task bigint NOT NULL, on_id bigint NOT NULL, tenant bigint NOT NULL, done boolean NOT NULL, PRIMARY KEY (task, on_id)
);
CREATE INDEX dependencies_by_target ON dependencies (on_id, task) WHERE NOT done;

CREATE TABLE labels (
    task bigint NOT NULL, tenant bigint NOT NULL, kind smallint NOT NULL,
    name text COLLATE "C" NOT NULL, PRIMARY KEY (tenant, kind, name, task)
) PARTITION BY RANGE (task);

CREATE TABLE attachments (
    task bigint NOT NULL, key text COLLATE "C" NOT NULL, id bigint NOT NULL, tenant bigint NOT NULL, kind smallint NOT NULL,
    created_by text NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL, mime_type text,
    size bigint, url text, value text, content text, PRIMARY KEY (task, key)
) PARTITION BY RANGE (task);

CREATE TABLE words (task bigint PRIMARY KEY, words tsvector NOT NULL) PARTITION BY RANGE (task);
CREATE INDEX words_gin ON words USING gin (words);

CREATE TABLE idempotency (
    tenant bigint NOT NULL, key text NOT NULL, fingerprint bytea NOT NULL, outcome text NOT NULL,
    expires_at bigint NOT NULL, PRIMARY KEY (tenant, key)
);
CREATE INDEX idempotency_by_end ON idempotency (expires_at);

CREATE TABLE instances (
    tenant bigint NOT NULL, id text COLLATE "C" NOT NULL, roles text[] NOT NULL, metadata text, online boolean NOT NULL,
    registered_at bigint NOT NULL, seen_at bigint NOT NULL, PRIMARY KEY (tenant, id)
) WITH (fillfactor = 50);

CREATE TABLE config (tenant bigint NOT NULL, key text NOT NULL, value text NOT NULL, updated_at bigint NOT NULL, PRIMARY KEY (tenant, key));

CREATE TABLE pauses (
    tenant bigint NOT NULL, scope text COLLATE "C" NOT NULL, reason text, until bigint, paused_at bigint NOT NULL,
    paused_by text NOT NULL, PRIMARY KEY (tenant, scope)
);

CREATE TABLE keys (
    id text COLLATE "C" PRIMARY KEY, tenant bigint NOT NULL, name text NOT NULL, hash bytea NOT NULL, scopes text[] NOT NULL,
    created_at bigint NOT NULL, expires_at bigint
);
CREATE INDEX keys_by_tenant ON keys (tenant);

CREATE TABLE votes (tenant bigint NOT NULL, decision text NOT NULL, instance text NOT NULL, value text NOT NULL, at bigint NOT NULL, PRIMARY KEY (tenant, decision, instance));
CREATE INDEX votes_by_age ON votes (at);

CREATE TABLE decisions (tenant bigint NOT NULL, decision text NOT NULL, value text NOT NULL, votes bigint NOT NULL, at bigint NOT NULL, PRIMARY KEY (tenant, decision));
CREATE INDEX decisions_by_age ON decisions (at);

CREATE TABLE batches (tenant bigint NOT NULL, id text NOT NULL, processor text NOT NULL, items bigint NOT NULL, at bigint NOT NULL, PRIMARY KEY (tenant, id));
CREATE INDEX batches_by_age ON batches (at);

-- How far the log was counted for the figures of dashboards; times before there are any are 0.
CREATE TABLE counted (
    one smallint PRIMARY KEY CHECK (one = 1), version bigint NOT NULL, generation bigint NOT NULL,
    upto bigint NOT NULL, at bigint NOT NULL, redo_upto bigint NOT NULL, since bigint NOT NULL,
    clearing bigint, gaps text NOT NULL
) WITH (fillfactor = 50);
INSERT INTO counted VALUES (1, 0, 0, 0, 0, 0, 0, NULL, '[]');

-- What happened in a minute (0), an hour (1) or a day (2), as in the embedded store.
CREATE TABLE task_metrics (
    tenant bigint NOT NULL, start bigint NOT NULL, count bigint NOT NULL, valued bigint NOT NULL,
    sum bigint NOT NULL, first bigint NOT NULL, last bigint NOT NULL, span smallint NOT NULL,
    name text COLLATE "C" NOT NULL, buckets text, PRIMARY KEY (tenant, span, name, start)
) WITH (fillfactor = 70);
CREATE INDEX task_metrics_by_age ON task_metrics (span, start);

CREATE TABLE worker_metrics (
    tenant bigint NOT NULL, day bigint NOT NULL, started bigint NOT NULL, completed bigint NOT NULL,
    failed bigint NOT NULL, returned bigint NOT NULL, lost bigint NOT NULL, worked bigint NOT NULL,
    worked_ms bigint NOT NULL, first bigint NOT NULL, last bigint NOT NULL,
    worker text COLLATE "C" NOT NULL, PRIMARY KEY (tenant, day, worker)
) WITH (fillfactor = 70);
CREATE INDEX worker_metrics_by_age ON worker_metrics (day);

-- How many events each month of the log has, up to the place where words are known.
CREATE TABLE events_kept (month text PRIMARY KEY, n bigint NOT NULL);

-- What one server does for all: when it is due again, and who did it last.
CREATE TABLE chores (name text PRIMARY KEY, due bigint NOT NULL, server bigint NOT NULL) WITH (fillfactor = 50);

-- Places in the log: events and news dropped up to, words known up to.
CREATE TABLE marks (name text PRIMARY KEY, place bigint NOT NULL);
INSERT INTO marks VALUES ('events', 0), ('news', 0), ('words', 0);

CREATE TABLE servers (id bigint PRIMARY KEY, name text NOT NULL, version text NOT NULL, seen_at bigint NOT NULL);

-- The months from the first time to the last, and so many more, of everything that is partitioned;
-- those that are there stay. Answers where they end. A month is made apart and then attached: so
-- nobody who reads or writes waits.
CREATE FUNCTION add_months(first_ms bigint, last_ms bigint, more integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', to_timestamp(first_ms / 1000.0) AT TIME ZONE 'UTC');
    upto timestamp := date_trunc('month', to_timestamp(last_ms / 1000.0) AT TIME ZONE 'UTC')
        + make_interval(months => more + 1);
    after timestamp;
    whole text;
    part text;
BEGIN
    WHILE month < upto LOOP
        after := month + make_interval(months => 1);
        FOREACH whole IN ARRAY ARRAY['tasks', 'events', 'labels', 'attachments', 'words'] LOOP
            part := whole || to_char(month, '"_"YYYY"_"MM');
            CONTINUE WHEN to_regclass(quote_ident(part)) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS)%s', part, whole,
                CASE whole
                    WHEN 'tasks' THEN
                        ' WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02)'
                    WHEN 'events' THEN ' WITH (autovacuum_freeze_min_age = 0)'
                    ELSE ''
                END);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                whole, part, (extract(epoch FROM month) * 1000)::bigint << 20,
                (extract(epoch FROM after) * 1000)::bigint << 20);
        END LOOP;
        month := after;
    END LOOP;
    RETURN (extract(epoch FROM upto) * 1000)::bigint;
END $$;

-- Drops a month of a table.
CREATE FUNCTION drop_month(month regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TABLE %s', month);
END $$;

-- Draws so many places in the log; they follow `base`. `before` is the end of the log so far: all
-- that was committed up to there can be seen. From here to its end the transaction is alone: whoever
-- sees a place sees all that lie before it. The register is read after the lock is held; it has no
-- versions.
CREATE FUNCTION take_places(wanted bigint, now_ms bigint, OUT before bigint, OUT base bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7771, 2);
    SELECT last_value, greatest(last_value, now_ms << 20) INTO before, base FROM log_place;
    PERFORM setval('log_place', base + wanted);
END $$;

CREATE FUNCTION next_places(wanted bigint, now_ms bigint) RETURNS bigint
LANGUAGE sql AS $$ SELECT base FROM take_places(wanted, now_ms) $$;
