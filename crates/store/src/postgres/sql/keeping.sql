-- What one server does for all. Each step is a transaction of its own that has the turn; no row that
-- a writer holds is waited for, but where it is said. What is read from a known place on walks over
-- nothing that was deleted before it.

-- name: due_chores
SELECT k.name FROM unnest($1::text[], $2::bigint[]) AS k (name, period)
LEFT JOIN chores AS c ON c.name = k.name
WHERE c.due IS NULL OR c.due <= $3 OR c.due > $3 + k.period;

-- name: take_turn
-- What is read begins at a known place, whatever the statistics say; and no step is worth compiling.
SELECT pg_try_advisory_xact_lock(7771, 4), set_config('statement_timeout', '60000', true),
    set_config('lock_timeout', $1, true),
    set_config('idle_in_transaction_session_timeout', $2, true),
    set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('jit', 'off', true);

-- name: chore_done
INSERT INTO chores (name, due, server) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET due = EXCLUDED.due, server = EXCLUDED.server;

-- name: share_structure
SELECT pg_advisory_xact_lock_shared(7771, 3);

-- name: own_structure
SELECT pg_advisory_xact_lock(7771, 3);

-- name: wait_at_most
SELECT set_config('lock_timeout', $1, true);

-- name: mark
SELECT place FROM marks WHERE name = $1;

-- name: move_mark
UPDATE marks SET place = greatest(place, $2) WHERE name = $1;

-- name: next_events
SELECT max(seq), count(*) FROM (
    SELECT seq FROM events WHERE seq > $1 ORDER BY seq LIMIT $2
) AS e;

-- name: number_events
INSERT INTO events_kept (month, n)
SELECT tableoid::regclass::text, count(*) FROM events WHERE seq > $1 AND seq <= $2 GROUP BY 1
ON CONFLICT (month) DO UPDATE SET n = events_kept.n + EXCLUDED.n;

-- name: changed_tasks
SELECT DISTINCT task FROM events
WHERE seq > $1 AND seq <= $2 AND kind IN ('task.created', 'task.updated', 'task.deleted');

-- name: texts
SELECT id, tenant, text FROM tasks WHERE id = ANY ($1);

-- name: learn_words
INSERT INTO words (task, words)
SELECT x.task, array_to_tsvector(string_to_array(x.words, ' '))
FROM unnest($1::bigint[], $2::text[]) AS x (task, words)
ON CONFLICT (task) DO UPDATE SET words = EXCLUDED.words WHERE words.words <> EXCLUDED.words;

-- name: forget_words
DELETE FROM words WHERE task = ANY ($1);

-- name: learn_groups
-- From one tenant and project to the next, whatever lies between.
WITH RECURSIVE g (tenant, project) AS (
    (SELECT tenant, project FROM count_changes ORDER BY tenant, project LIMIT 1)
    UNION ALL
    SELECT n.tenant, n.project FROM g, LATERAL (
        SELECT c.tenant, c.project FROM count_changes AS c
        WHERE (c.tenant, c.project) > (g.tenant, g.project)
        ORDER BY c.tenant, c.project LIMIT 1
    ) AS n
)
INSERT INTO counts (tenant, project, upto, n)
SELECT tenant, project, 0, '{0,0,0,0,0,0,0}' FROM g LIMIT $1
ON CONFLICT (tenant, project) DO NOTHING;

-- name: roll_up
WITH g AS MATERIALIZED (
    SELECT tenant, project, upto FROM counts
    WHERE (tenant, project) > ($1, $2) ORDER BY tenant, project LIMIT $3
), r AS MATERIALIZED (
    SELECT g.tenant, g.project, g.upto AS beyond, max(c.seq) AS upto, count(*) AS n
    FROM g, LATERAL (
        SELECT seq FROM count_changes AS c
        WHERE c.tenant = g.tenant AND c.project = g.project AND c.seq > g.upto
        ORDER BY c.seq LIMIT $4
    ) AS c
    GROUP BY g.tenant, g.project, g.upto
), d AS (
    DELETE FROM count_changes AS c USING r
    WHERE c.tenant = r.tenant AND c.project = r.project AND c.seq > r.beyond AND c.seq <= r.upto
    RETURNING c.tenant, c.project, c.seq, c.by
), s AS (
    SELECT tenant, project, max(seq) AS upto,
        ARRAY[sum(by[1]), sum(by[2]), sum(by[3]), sum(by[4]), sum(by[5]), sum(by[6]), sum(by[7])] AS by
    FROM d GROUP BY tenant, project
), u AS (
    UPDATE counts AS c SET upto = s.upto, n = ARRAY[
        c.n[1] + s.by[1], c.n[2] + s.by[2], c.n[3] + s.by[3], c.n[4] + s.by[4], c.n[5] + s.by[5],
        c.n[6] + s.by[6], c.n[7] + s.by[7]]
    FROM s WHERE c.tenant = s.tenant AND c.project = s.project
)
SELECT tenant, project, (SELECT count(*) FROM g), coalesce((SELECT max(n) FROM r), 0)
FROM g ORDER BY tenant DESC, project DESC LIMIT 1;

-- name: newest_event
SELECT max(seq) FROM events;

-- name: events_kept
SELECT coalesce(sum(n), 0)::bigint FROM events_kept;

-- name: oldest_month
SELECT c.oid::regclass::text,
    substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''(\d+)''\)')::bigint AS upto,
    coalesce((SELECT n FROM events_kept WHERE month = c.oid::regclass::text), 0)
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'events'::regclass ORDER BY upto LIMIT 1;

-- name: last_of_month
SELECT seq, at FROM events WHERE seq > $1 AND seq < $2 ORDER BY seq DESC LIMIT 1;

-- name: drop_month
SELECT drop_month($1::text::regclass)::text;

-- name: forget_month
DELETE FROM events_kept WHERE month = $1;

-- name: oldest_events
SELECT seq, at FROM events WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3;

-- name: drop_events
WITH d AS (
    DELETE FROM events WHERE seq > $1 AND seq <= $2 RETURNING tableoid::regclass::text AS month
), s AS (
    SELECT month, count(*) AS n FROM d GROUP BY month
)
UPDATE events_kept AS k SET n = greatest(k.n - s.n, 0) FROM s WHERE k.month = s.month;

-- name: old_news
SELECT max(seq), count(*) FROM (
    SELECT seq FROM news WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3
) AS n;

-- name: drop_news
DELETE FROM news WHERE seq > $1 AND seq <= $2;

-- name: drop_idempotency
DELETE FROM idempotency AS i USING (
    SELECT tenant, key FROM idempotency WHERE expires_at <= $1
    ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old WHERE i.tenant = old.tenant AND i.key = old.key;

-- name: drop_instances
DELETE FROM instances AS i USING (
    SELECT tenant, id FROM instances WHERE NOT online AND seen_at <= $1
    LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old WHERE i.tenant = old.tenant AND i.id = old.id;

-- name: drop_votes
DELETE FROM votes AS v USING (
    SELECT tenant, decision, instance FROM votes WHERE at <= $1
    ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old WHERE v.tenant = old.tenant AND v.decision = old.decision AND v.instance = old.instance;

-- name: drop_decisions
DELETE FROM decisions AS d USING (
    SELECT tenant, decision FROM decisions WHERE at <= $1
    ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old WHERE d.tenant = old.tenant AND d.decision = old.decision;

-- name: drop_ended_logins
DELETE FROM ended_logins AS l USING (
    SELECT tenant, login FROM ended_logins WHERE at <= $1
    ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old WHERE l.tenant = old.tenant AND l.login = old.login;

-- name: drop_sessions
DELETE FROM sessions AS s USING (
    SELECT tenant, id FROM sessions WHERE seen_at <= $1
    ORDER BY seen_at LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old WHERE s.tenant = old.tenant AND s.id = old.id;

-- name: drop_batches
DELETE FROM batches AS b USING (
    SELECT tenant, id FROM batches WHERE at <= $1
    ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old WHERE b.tenant = old.tenant AND b.id = old.id;

-- name: drop_servers
DELETE FROM servers AS s USING (
    SELECT id FROM servers WHERE seen_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old WHERE s.id = old.id;

-- name: look_at_lanes
-- Which lanes have no ready task, and since when that is known.
WITH l AS MATERIALIZED (
    SELECT l.id, l.idle_since,
        NOT EXISTS (SELECT 1 FROM ready AS r WHERE r.lane = l.id) AS idle
    FROM (SELECT id, idle_since FROM lanes WHERE id > $1 ORDER BY id LIMIT $2) AS l
), u AS (
    UPDATE lanes SET idle_since = CASE WHEN l.idle THEN $3::bigint END
    FROM l WHERE lanes.id = l.id AND l.idle = (l.idle_since IS NULL)
)
SELECT max(id)::bigint, count(*) FROM l;

-- name: has_old_lanes
SELECT EXISTS (SELECT 1 FROM lanes WHERE idle_since <= $1);

-- name: drop_lanes
-- Nobody writes meanwhile: what is seen is all there is.
WITH d AS (
    DELETE FROM lanes USING (
        SELECT id FROM lanes WHERE idle_since <= $1 ORDER BY idle_since LIMIT $2
    ) AS old
    WHERE lanes.id = old.id AND NOT EXISTS (SELECT 1 FROM ready AS r WHERE r.lane = old.id)
    RETURNING lanes.id
), u AS (
    UPDATE lanes SET idle_since = NULL FROM (
        SELECT id FROM lanes WHERE idle_since <= $1 ORDER BY idle_since LIMIT $2
    ) AS old
    WHERE lanes.id = old.id AND EXISTS (SELECT 1 FROM ready AS r WHERE r.lane = old.id)
    RETURNING lanes.id
)
SELECT (SELECT count(*) FROM d), (SELECT count(*) FROM u);

-- name: tell_of_lanes
INSERT INTO news (seq, server, lanes, lowest, counts, reopened, changed)
SELECT next_places(1, $1) + 1, $2, '{}', '{}', '{}', false, $3::bigint::integer;

-- name: dead_rows
SELECT coalesce(pg_stat_get_dead_tuples(to_regclass('ready')), 0),
    coalesce(pg_stat_get_dead_tuples(to_regclass('leases')), 0),
    coalesce(pg_stat_get_dead_tuples(to_regclass('tasks_'
        || to_char(to_timestamp($1 / 1000.0) AT TIME ZONE 'UTC', 'YYYY_MM'))), 0);

-- name: oldest_transaction
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start) * 1000), 0)::bigint,
    coalesce(max(greatest(age(backend_xmin), age(backend_xid))), 0)::bigint
FROM pg_stat_activity
WHERE (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) AND pid <> pg_backend_pid()
    AND (datname = current_database() OR datname IS NULL) AND backend_type <> 'autovacuum worker';

-- name: behind
SELECT (
    SELECT count(*) FROM (
        SELECT 1 FROM events WHERE seq > (SELECT place FROM marks WHERE name = 'words') LIMIT $1
    ) AS e
), (
    SELECT count(*) FROM (
        SELECT 1 FROM counts AS c, LATERAL (
            SELECT 1 FROM count_changes AS x
            WHERE x.tenant = c.tenant AND x.project = c.project AND x.seq > c.upto LIMIT $1
        ) AS x LIMIT $1
    ) AS c
);
