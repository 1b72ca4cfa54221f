-- Copying all of a store from here or to here. What stands in braces is filled in by the list of
-- tables.

-- name: rows
SELECT {columns} FROM {table} WHERE {after} ORDER BY {key};

-- name: log_rows
(SELECT 1 AS one, place AS dropped FROM marks WHERE name = 'events') AS log

-- name: bounds
-- Rows may take as long as they take. A page that is lost is copied again.
SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '30000', true),
    set_config('idle_in_transaction_session_timeout', '0', true),
    set_config('synchronous_commit', $1, true);

-- name: hold
-- Until the transaction ends, no server writes, and none does what one does for all, or archives.
SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '5000', true),
    set_config('idle_in_transaction_session_timeout', '0', true),
    pg_advisory_xact_lock(7771, 3), pg_advisory_xact_lock(7771, 4),
    pg_advisory_xact_lock(7771, 5);

-- name: held
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND classid = 7771 AND objid IN (3, 4, 5) AND pid = pg_backend_pid();

-- name: log_end
-- Whatever a server writes moves it.
SELECT last_value FROM log_place;

-- name: has_archived
SELECT EXISTS (SELECT 1 FROM archives WHERE kind = 0 AND cardinality(tasks) > 0);

-- name: is_used
SELECT EXISTS (SELECT 1 FROM {table});

-- name: is_copying
SELECT to_regclass('copying') IS NOT NULL;

-- name: copying
SELECT source, log_end, stage, after, copied FROM copying;

-- name: start
CREATE TABLE copying (
    one smallint PRIMARY KEY CHECK (one = 1), source text NOT NULL, log_end bigint NOT NULL,
    stage bigint NOT NULL, after text NOT NULL, copied bigint NOT NULL
);
DELETE FROM tenants;
DELETE FROM counted;

-- name: save_copying
INSERT INTO copying (one, source, log_end, stage, after, copied) VALUES (1, $1, $2, $3, $4, $5)
ON CONFLICT (one) DO UPDATE SET stage = excluded.stage, after = excluded.after, copied = excluded.copied;

-- name: end_copying
DROP TABLE copying;

-- name: add_month
SELECT add_months($1, $1, 0) FROM (SELECT pg_advisory_xact_lock(7771, 1)) AS held;

-- name: put
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {values} FROM unnest({arrays}) AS x ({columns});

-- name: put_log
UPDATE marks SET place = x.dropped FROM unnest($1::bigint[], $2::bigint[]) AS x (one, dropped)
WHERE marks.name = 'events';

-- name: names
CASE WHEN x.{column} IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(x.{column}::json)) END

-- name: finish
-- What follows from the rows; and what is drawn from now on lies above what was copied.
INSERT INTO ready (lane, rank, task)
SELECT lane, rank, id FROM tasks WHERE phase = 1 AND lane IS NOT NULL;
INSERT INTO scheduled (run_at, task) SELECT coalesce(run_at, 0), id FROM tasks WHERE phase = 2;
INSERT INTO unique_keys (tenant, key, task)
SELECT tenant, unique_key, id FROM tasks WHERE unique_key IS NOT NULL AND status < 2;
WITH of AS (
    SELECT tenant, p.project, count(*) FILTER (WHERE kind = 1) AS a,
        count(*) FILTER (WHERE kind = 2) AS b, count(*) FILTER (WHERE kind = 3) AS c,
        count(*) FILTER (WHERE kind = 4) AS d, count(*) FILTER (WHERE kind = 5) AS e,
        count(*) FILTER (WHERE kind = 6) AS f, count(*) FILTER (WHERE kind = 7) AS g
    FROM (
        SELECT tenant, project, CASE status WHEN 0 THEN phase ELSE status + 3 END AS kind FROM tasks
    ) AS t, LATERAL (SELECT '' UNION ALL SELECT t.project WHERE t.project IS NOT NULL) AS p (project)
    GROUP BY tenant, p.project
)
INSERT INTO counts (tenant, project, upto, n)
SELECT tenant, project, 0, ARRAY[a, b, c, d, e, f, g] FROM of
ON CONFLICT (tenant, project) DO UPDATE SET n = excluded.n;
DELETE FROM events_kept;
INSERT INTO events_kept (month, n) SELECT tableoid::regclass::text, count(*) FROM events GROUP BY 1;
UPDATE marks SET place = coalesce((SELECT max(seq) FROM events), 0) WHERE name = 'words';
DELETE FROM marks WHERE name IN ('aging', 'carried');
-- The events of tasks up to here may have places that are no times.
INSERT INTO marks (name, place) SELECT 'carried', coalesce(max(id), 0) FROM tasks;
SELECT setval('log_place', greatest((SELECT last_value FROM log_place),
    (SELECT place FROM marks WHERE name = 'words'), (SELECT place FROM marks WHERE name = 'events')));
SELECT setval('task_ids', greatest((SELECT last_value FROM task_ids),
    (SELECT coalesce(max(id), 0) & 1048575 FROM tasks), 1));
SELECT setval(pg_get_serial_sequence('tenants', 'id'), (SELECT max(id) FROM tenants));

-- name: analyze
ANALYZE tasks, events, labels, attachments, words, dependencies, ready, leases, idempotency;
