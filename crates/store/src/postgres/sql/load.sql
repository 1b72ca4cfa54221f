-- What a batch needs, read by arrays. In the first load what is locked by others is waited for, in
-- one order over all transactions: names, tasks, leases. What is found out later is taken only when
-- it is free.

-- name: begin
BEGIN;

-- name: commit
COMMIT;

-- name: rollback
ROLLBACK;

-- name: discard_plans
DISCARD PLANS;

-- name: bounds
-- All that a writer asks for is looked up in an index, row by row. What the planner knows of the numbers of
-- rows is of no use where they change by the second: it sorted all of a lane, and read all tasks of a young
-- month for a few. So it is left no other way: an index that is read from end to end is dear, and `OFFSET 0`
-- says which table comes first. Then one plan does for many batches; making it took longer than the work
-- of a small one. None is worth to be compiled.
SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true),
    set_config('idle_in_transaction_session_timeout', $3, true),
    set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_material', 'off', true), set_config('jit', 'off', true),
    set_config('cpu_index_tuple_cost', '100', true), set_config('plan_cache_mode', $4, true),
    pg_advisory_xact_lock_shared(7771, 3);

-- name: bounds_alone
SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true),
    set_config('idle_in_transaction_session_timeout', $3, true),
    set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_material', 'off', true), set_config('jit', 'off', true),
    set_config('cpu_index_tuple_cost', '100', true), set_config('plan_cache_mode', $4, true),
    pg_advisory_xact_lock(7771, 3);

-- name: lock_names
SELECT pg_advisory_xact_lock(lock) FROM (
    SELECT DISTINCT hashtextextended(name, 7771) AS lock FROM unnest($1::text[]) AS n (name)
    ORDER BY lock
) AS locks;

-- name: lock_tasks
SELECT t.* FROM unnest($1::bigint[]) AS w (id) JOIN task_rows AS t ON t.id = w.id
ORDER BY t.id FOR NO KEY UPDATE OF t;

-- name: take_tasks
SELECT t.* FROM unnest($1::bigint[]) AS w (id) JOIN task_rows AS t ON t.id = w.id
ORDER BY t.id FOR NO KEY UPDATE OF t SKIP LOCKED;

-- name: tasks_there
SELECT t.id FROM unnest($1::bigint[]) AS w (id) JOIN tasks AS t ON t.id = w.id;

-- name: lock_leases
SELECT l.* FROM lease_rows AS l WHERE l.task = ANY ($1) ORDER BY l.task FOR UPDATE;

-- name: take_leases
SELECT l.* FROM lease_rows AS l WHERE l.task = ANY ($1) ORDER BY l.task FOR UPDATE SKIP LOCKED;

-- name: leases_there
SELECT task FROM leases WHERE task = ANY ($1);

-- name: unique
SELECT u.tenant, u.key, u.task
FROM unnest($1::bigint[], $2::text[]) AS w (tenant, key)
JOIN unique_keys AS u ON u.tenant = w.tenant AND u.key = w.key;

-- name: kept
SELECT i.tenant, i.key, i.fingerprint, i.outcome, i.expires_at
FROM unnest($1::bigint[], $2::text[]) AS w (tenant, key)
JOIN idempotency AS i ON i.tenant = w.tenant AND i.key = w.key;

-- name: attachments
SELECT a.task, a.key, a.id, a.created_at
FROM unnest($1::bigint[], $2::text[]) AS w (task, key)
JOIN attachments AS a ON a.task = w.task AND a.key = w.key;

-- name: dependents
SELECT on_id, task FROM dependencies WHERE on_id = ANY ($1) AND NOT done;

-- name: take_dependents
SELECT t.* FROM (
    SELECT DISTINCT task FROM dependencies WHERE on_id = ANY ($1) AND NOT done
) AS d, LATERAL (SELECT * FROM task_rows WHERE id = d.task OFFSET 0) AS t
FOR NO KEY UPDATE OF t SKIP LOCKED;

-- name: count_dependents
SELECT w.on_id, (SELECT count(*) FROM dependencies AS d WHERE d.on_id = w.on_id AND NOT d.done)
FROM unnest($1::bigint[]) AS w (on_id);

-- name: dependencies
SELECT d.task, d.on_id FROM unnest($1::bigint[]) AS w (task), LATERAL (
    SELECT * FROM dependencies WHERE task = w.task OFFSET 0
) AS d WHERE NOT d.done;

-- name: leases_of
SELECT l.* FROM unnest($1::bigint[], $2::text[]) AS w (tenant, worker)
JOIN lease_rows AS l ON l.tenant = w.tenant AND l.worker = w.worker
FOR UPDATE OF l SKIP LOCKED;

-- name: leases_of_there
SELECT w.tenant, w.worker, l.task FROM unnest($1::bigint[], $2::text[]) AS w (tenant, worker)
JOIN leases AS l ON l.tenant = w.tenant AND l.worker = w.worker;

-- name: parked_on
SELECT w.tenant, w.worker, t.id FROM unnest($1::bigint[], $2::text[]) AS w (tenant, worker), LATERAL (
    SELECT t.id, t.status FROM tasks AS t
    WHERE t.tenant = w.tenant AND t.assigned_to = w.worker OFFSET 0
) AS t WHERE t.status = 0;

-- name: dead
SELECT t.id FROM tasks AS t
WHERE t.tenant = $1 AND t.status = 3 AND t.phase = 0
    AND ($2::text IS NULL OR t.project = $2) AND ($3::text IS NULL OR EXISTS (
        SELECT 1 FROM labels AS l
        WHERE l.tenant = $1 AND l.kind = 0 AND l.name = $3 AND l.task = t.id))
    AND ($4::text IS NULL OR t.reason = $4) AND (t.unique_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM unique_keys AS u WHERE u.tenant = $1 AND u.key = t.unique_key))
ORDER BY t.id LIMIT $5;

-- name: due_tasks
SELECT t.* FROM scheduled AS s, LATERAL (SELECT * FROM task_rows WHERE id = s.task OFFSET 0) AS t
WHERE s.run_at <= $1 ORDER BY s.run_at, s.task LIMIT 500
FOR UPDATE OF s SKIP LOCKED FOR NO KEY UPDATE OF t SKIP LOCKED;

-- name: due_leases
SELECT l.*, t.* FROM lease_rows AS l, LATERAL (SELECT * FROM task_rows WHERE id = l.task OFFSET 0) AS t
WHERE l.check_at <= $1 ORDER BY l.check_at, l.task LIMIT 500
FOR UPDATE OF l SKIP LOCKED FOR NO KEY UPDATE OF t SKIP LOCKED;

-- name: next_due
SELECT least((SELECT min(run_at) FROM scheduled WHERE run_at > $1),
             (SELECT min(check_at) FROM leases WHERE check_at > $1)),
    (SELECT count(*) FROM (SELECT 1 FROM scheduled WHERE run_at <= $1 LIMIT 1001) AS s)
    + (SELECT count(*) FROM (SELECT 1 FROM leases WHERE check_at <= $1 LIMIT 1001) AS l);

-- name: floors
-- Where the first ready task of a lane is that anybody sees, not before where it was last: behind
-- that lie those that were taken.
SELECT l.lane, f.rank, f.task,
    (SELECT count(*) FROM (
        SELECT 1 FROM ready AS r WHERE r.lane = l.lane AND (r.rank, r.task) >= (f.rank, f.task)
        ORDER BY r.rank, r.task LIMIT $4) AS n)
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS l (lane, rank, task) LEFT JOIN LATERAL (
    SELECT r.rank, r.task FROM ready AS r
    WHERE r.lane = l.lane AND (r.rank, r.task) >= (l.rank, l.task)
    ORDER BY r.rank, r.task LIMIT 1) AS f ON true;

-- name: take_ready
-- The best of some lanes that nobody else has in hand: of each lane as many are looked at as are
-- wanted of all. The task is what is locked: whoever has it may change its place. One that was taken
-- since the places were read is ready there no more.
SELECT c.lane, c.rank, t.*
FROM (
    SELECT c.lane, c.rank, c.task
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS l (lane, rank, task), LATERAL (
        SELECT r.lane, r.rank, r.task FROM ready AS r
        WHERE r.lane = l.lane AND (r.rank, r.task) >= (l.rank, l.task)
        ORDER BY r.rank, r.task LIMIT $4
    ) AS c
    ORDER BY c.rank, c.task
) AS c
JOIN task_rows AS t ON t.id = c.task AND t.phase = 1 AND t.lane = c.lane AND t.rank = c.rank
ORDER BY c.rank, c.task LIMIT $5
FOR NO KEY UPDATE OF t SKIP LOCKED;

-- name: look
SELECT l.lane,
    (SELECT r.rank FROM ready AS r WHERE r.lane = l.lane ORDER BY r.rank LIMIT 1),
    (SELECT true FROM tasks AS t WHERE t.lane = l.lane AND t.phase > 1 LIMIT 1) IS NOT NULL
FROM unnest($1::bigint[]) AS l (lane);

-- name: instances
SELECT i.tenant, i.id, i.roles, i.metadata, i.online, i.registered_at, i.seen_at
FROM instances AS i
WHERE (i.tenant, i.id) IN (
    SELECT w.tenant, w.id FROM unnest($1::bigint[], $2::text[]) AS w (tenant, id))
ORDER BY i.tenant, i.id FOR NO KEY UPDATE OF i;

-- name: sessions
SELECT s.tenant, s.id, s.instance, s.started_at, s.seen_at, s.ended_at, s.events, s.state
FROM sessions AS s
WHERE (s.tenant, s.id) IN (
    SELECT w.tenant, w.id FROM unnest($1::bigint[], $2::text[]) AS w (tenant, id))
ORDER BY s.tenant, s.id FOR NO KEY UPDATE OF s;

-- name: count_sessions
SELECT count(*) FROM sessions WHERE tenant = $1;

-- name: count_instances
SELECT count(*) FROM instances WHERE tenant = $1;

-- name: config
SELECT c.tenant, c.key, c.value, c.updated_at
FROM unnest($1::bigint[], $2::text[]) AS w (tenant, key)
JOIN config AS c ON c.tenant = w.tenant AND c.key = w.key;

-- name: count_config
SELECT count(*) FROM config WHERE tenant = $1;

-- name: keys
SELECT k.id, k.tenant, n.name, k.name, k.hash, k.scopes, k.created_at, k.expires_at
FROM keys AS k JOIN tenants AS n ON n.id = k.tenant WHERE k.id = ANY ($1);

-- name: count_keys
SELECT count(*) FROM keys;

-- name: add_tenants
INSERT INTO tenants (name) SELECT w.name FROM unnest($1::text[]) AS w (name)
WHERE NOT EXISTS (SELECT 1 FROM tenants AS t WHERE t.name = w.name)
ON CONFLICT (name) DO NOTHING;

-- name: tenants
SELECT name, id FROM tenants WHERE name = ANY ($1);

-- name: decisions
SELECT d.tenant, d.decision, d.value, d.votes, d.at
FROM unnest($1::bigint[], $2::text[]) AS w (tenant, decision)
JOIN decisions AS d ON d.tenant = w.tenant AND d.decision = w.decision;

-- name: votes
SELECT v.tenant, v.decision, v.instance, v.value
FROM unnest($1::bigint[], $2::text[]) AS w (tenant, decision)
JOIN votes AS v ON v.tenant = w.tenant AND v.decision = w.decision;

-- name: batches
SELECT b.tenant, b.id, b.processor, b.items, b.at
FROM unnest($1::bigint[], $2::text[]) AS w (tenant, id)
JOIN batches AS b ON b.tenant = w.tenant AND b.id = w.id;

-- name: all_pauses
SELECT tenant, scope, until FROM pauses;

-- name: news
SELECT seq, server, lanes, lowest, counts, reopened, due, changed FROM news
WHERE seq > $1 ORDER BY seq LIMIT 1000;

-- name: news_end
SELECT greatest((SELECT max(seq) FROM news), (SELECT place FROM marks WHERE name = 'news'));

-- name: lanes
SELECT id, tenant, assignee, project, roles, tags FROM lanes WHERE id = ANY ($1);

-- name: all_lanes
SELECT l.id, l.tenant, l.assignee, l.project, l.roles, l.tags,
    (SELECT r.rank FROM ready AS r WHERE r.lane = l.id ORDER BY r.rank LIMIT 1),
    EXISTS (SELECT 1 FROM tasks AS t WHERE t.lane = l.id AND t.phase > 1)
FROM lanes AS l;

-- name: first_due
SELECT least((SELECT min(run_at) FROM scheduled), (SELECT min(check_at) FROM leases));

-- name: numbers
SELECT nextval('task_ids') FROM generate_series(1, $1);

-- name: transaction
SELECT CASE WHEN $1 THEN pg_current_xact_id() ELSE pg_current_xact_id_if_assigned() END::text,
    pg_backend_pid()::bigint;

-- name: end_backend
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE pid = $1 AND backend_xid = xid($2::text::xid8);

-- name: is_at_work
SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND backend_xid = xid($2::text::xid8);

-- name: committed
SELECT seq FROM news WHERE seq > $1 AND server = $2 AND batch = $3;

-- name: flush_tasks
WITH gone AS (DELETE FROM tasks WHERE tenant = $1 RETURNING lane, rank, id, phase),
r AS (DELETE FROM ready AS r USING gone AS g
      WHERE g.phase = 1 AND r.lane = g.lane AND r.rank = g.rank AND r.task = g.id)
SELECT count(*) FROM gone;

-- name: flush_scheduled
DELETE FROM scheduled AS s
WHERE NOT EXISTS (SELECT 1 FROM tasks AS t WHERE t.id = s.task);

-- name: flush_leases
DELETE FROM leases WHERE tenant = $1;

-- name: flush_labels
DELETE FROM labels WHERE tenant = $1;

-- name: flush_dependencies
DELETE FROM dependencies WHERE tenant = $1;

-- name: flush_attachments
DELETE FROM attachments WHERE tenant = $1;

-- name: flush_unique
DELETE FROM unique_keys WHERE tenant = $1;

-- name: flush_words
DELETE FROM words AS w WHERE NOT EXISTS (SELECT 1 FROM tasks AS t WHERE t.id = w.task);

-- name: flush_counts
DELETE FROM counts WHERE tenant = $1;

-- name: flush_count_changes
DELETE FROM count_changes WHERE tenant = $1;

-- name: flush_idempotency
DELETE FROM idempotency WHERE tenant = $1;
