-- Opening, migrations, time.

-- name: server
SELECT current_setting('server_version_num')::integer, current_setting('server_version'),
    current_setting('server_encoding'),
    CASE WHEN NOT pg_is_in_recovery()
        THEN ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::bigint END;

-- name: role
-- Whose history it goes on with, if it is a primary, and what time it is there.
SELECT CASE WHEN NOT pg_is_in_recovery()
    THEN ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::bigint END,
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

-- name: time
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

-- name: backend
SELECT pg_backend_pid();

-- name: look
SELECT current_setting('server_version'), pg_database_size(current_database()),
    current_setting('max_connections')::bigint
        - current_setting('superuser_reserved_connections')::bigint,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false);

-- name: newest_time
SELECT at FROM events ORDER BY seq DESC LIMIT 1;

-- name: begin_read
BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ;

-- name: limit_time
SELECT set_config('statement_timeout', $1, true),
    set_config('idle_in_transaction_session_timeout', $2, true);

-- name: end_read
COMMIT;

-- name: position
-- What was committed before is in the log up to here at least. A commit that does not wait for the disk is
-- further.
SELECT ('x' || left(pg_walfile_name(here.lsn), 8))::bit(32)::bigint, (here.lsn - '0/0')::bigint
FROM (
    SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
        ELSE pg_current_wal_flush_lsn() END AS lsn
) AS here;

-- name: replicated
-- A commit that waits for those that must have a copy, and so for all before it, also for one whose
-- own wait was broken off. Without them there is nothing to wait for.
SELECT 1 FROM (
    SELECT CASE WHEN current_setting('synchronous_standby_names') <> ''
        THEN pg_logical_emit_message(true, 'claudebench', '') END AS at
) AS told;

-- name: mark_timeline
-- A replica that shows this has the history of that timeline.
INSERT INTO marks (name, place) VALUES ('timeline', $1)
ON CONFLICT (name) DO UPDATE SET place = excluded.place WHERE marks.place <> excluded.place;

-- name: seen
SELECT coalesce((SELECT place FROM marks WHERE name = 'timeline'), 0),
    coalesce((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
        ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint, 0),
    (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint;

-- name: covers
SELECT coalesce((SELECT place FROM marks WHERE name = 'timeline'), 0) = $1
    AND coalesce((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
        ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint, 0) >= $2;

-- name: has_migrations
SELECT to_regclass('migrations') IS NOT NULL;

-- name: make_migrations
CREATE TABLE IF NOT EXISTS migrations (
    version bigint PRIMARY KEY, name text NOT NULL, digest bytea NOT NULL, needs bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- name: lock_schema
SELECT pg_advisory_xact_lock(7771, 1);

-- name: wait_briefly
SELECT set_config('lock_timeout', '1000', true);

-- name: take_alone
-- However long the step takes: this transaction stands still meanwhile.
SELECT pg_try_advisory_xact_lock(7771, 4), set_config('idle_in_transaction_session_timeout', '0', true);

-- name: at_work
-- Whether somebody is building an index, from before it can be seen until what was done is committed. What is
-- unfinished when this has said no will never be finished.
SELECT EXISTS (
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'
        AND starts_with(query, 'CREATE') AND strpos(query, $1) > 0
) OR EXISTS (SELECT 1 FROM pg_stat_progress_create_index AS p WHERE p.index_relid = to_regclass($1));

-- name: unfinished
-- What drops an index that was begun and is not valid. One of a partitioned table is valid when it has its parts.
SELECT format('DROP INDEX CONCURRENTLY %s', i.indexrelid::regclass)
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indexrelid = to_regclass($1) AND NOT i.indisvalid AND c.relkind = 'i';

-- name: migrations
SELECT m.version, m.needs,
    coalesce(m.digest = sha256(convert_to(k.text, 'UTF8')), false)
FROM migrations AS m
LEFT JOIN unnest($1::bigint[], $2::text[]) AS k (version, text) ON k.version = m.version
ORDER BY m.version;

-- name: migrated
INSERT INTO migrations (version, name, needs, digest)
VALUES ($1, $2, $3, sha256(convert_to($4, 'UTF8')));

-- name: add_months
SELECT add_months($1, greatest($1, (SELECT last_value >> 20 FROM log_place)), $2::integer);

-- name: is_ranked
SELECT EXISTS (SELECT 1 FROM marks WHERE name = 'aging' AND place = $1);

-- name: keep_out
SELECT pg_advisory_xact_lock(7771, 3);

-- name: rank_tasks
-- The rank as `core` has it, of all that is pending.
UPDATE tasks AS t SET rank = CASE
    WHEN $1 > 0 THEN t.created_at - t.priority * $1
    ELSE ((100 - t.priority)::bigint << 48) | (t.created_at & ((1::bigint << 48) - 1)) END
FROM (SELECT task FROM ready UNION ALL SELECT id FROM tasks WHERE phase > 1) AS r
WHERE t.id = r.task;

-- name: rank_ready
UPDATE ready AS r SET rank = t.rank FROM tasks AS t WHERE t.id = r.task AND t.rank <> r.rank;

-- name: ranked
INSERT INTO marks (name, place) VALUES ('aging', $1)
ON CONFLICT (name) DO UPDATE SET place = excluded.place;

-- name: identity
-- What tells this database from others; whoever asks first draws it. Nothing, if another one just did.
WITH drawn AS (
    INSERT INTO marks (name, place) VALUES ('identity', $1) ON CONFLICT (name) DO NOTHING RETURNING place
)
SELECT place FROM drawn
UNION ALL SELECT place FROM marks WHERE name = 'identity'
LIMIT 1;
