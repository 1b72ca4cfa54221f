-- Moving to files, and back. Each step is a transaction of its own that has the turn.

-- name: limits
-- It stands still while files are written. What is looked for by ids is found by them, whatever the statistics
-- say.
SELECT set_config('statement_timeout', '60000', true), set_config('lock_timeout', $1, true),
    set_config('idle_in_transaction_session_timeout', $2, true), set_config('jit', 'off', true),
    set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true);

-- name: try_turn
SELECT pg_try_advisory_xact_lock(7771, 5);

-- name: wait_turn
SELECT pg_advisory_xact_lock(7771, 5);

-- name: cutoff
-- When the months begin that are too young.
SELECT (extract(epoch FROM date_trunc('month', to_timestamp($1 / 1000.0) AT TIME ZONE 'UTC')
    - make_interval(months => $2::bigint::integer)) * 1000)::bigint;

-- name: ended_tasks
-- Completed and cancelled tasks that neither wait nor are waited for, each with its month and its size. Dead
-- letters stay, as they are to be listed until somebody has seen to them.
SELECT t.id, to_char(to_timestamp((t.id >> 20) / 1000.0) AT TIME ZONE 'UTC', 'YYYY_MM'),
    1000 + octet_length(t.text) + coalesce(octet_length(t.metadata), 0) + CASE
        WHEN t.attachment_count > 0 THEN (
            SELECT coalesce(sum(300 + coalesce(octet_length(a.value), 0)
                + coalesce(octet_length(a.content), 0)), 0)::bigint
            FROM attachments AS a WHERE a.task = t.id)
        ELSE 0 END
FROM tasks AS t
WHERE t.id > $1 AND t.id < $2 << 20 AND t.status IN (2, 4) AND t.open_dependencies = 0
    AND t.updated_at < $2
    AND NOT EXISTS (SELECT 1 FROM dependencies AS d WHERE d.on_id = t.id AND NOT d.done)
    AND NOT EXISTS (SELECT 1 FROM restored AS r WHERE r.task = t.id AND r.at >= $2)
ORDER BY t.id LIMIT $3;

-- name: due_by_month
SELECT to_char(to_timestamp((t.id >> 20) / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*),
    sum(t.attachment_count)::bigint
FROM tasks AS t
WHERE t.id < $1 << 20 AND t.status IN (2, 4) AND t.open_dependencies = 0
    AND t.updated_at < $1
    AND NOT EXISTS (SELECT 1 FROM dependencies AS d WHERE d.on_id = t.id AND NOT d.done)
    AND NOT EXISTS (SELECT 1 FROM restored AS r WHERE r.task = t.id AND r.at >= $1)
GROUP BY month ORDER BY month;

-- name: task_lines
SELECT t.id, row_to_json(t)::text FROM tasks AS t WHERE t.id = ANY ($1) ORDER BY t.id;

-- name: attachment_lines
SELECT a.task, row_to_json(a)::text FROM attachments AS a
WHERE a.task = ANY ($1) ORDER BY a.task, a.key;

-- name: dependency_lines
SELECT d.task, row_to_json(d)::text FROM dependencies AS d
WHERE d.task = ANY ($1) ORDER BY d.task, d.on_id;

-- name: hold_ended
-- Whoever has one of them in hand goes first. Who waits for one is asked in a statement of its own: it must
-- see what was written before.
SELECT id FROM tasks WHERE id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED;

-- name: count_waiting
SELECT count(*) FROM dependencies AS d WHERE d.on_id = ANY ($1) AND NOT d.done;

-- name: take_labels
-- One by one, as no index of labels has the tasks in front.
DELETE FROM labels AS l USING (
    SELECT t.id, t.tenant, 0 AS kind, unnest(t.tags) AS name FROM tasks AS t WHERE t.id = ANY ($1)
    UNION ALL
    SELECT t.id, t.tenant, 1, unnest(t.roles) FROM tasks AS t WHERE t.id = ANY ($1)
) AS w
WHERE l.tenant = w.tenant AND l.kind = w.kind AND l.name = w.name AND l.task = w.id
    AND l.task = ANY ($1);

-- name: forget_restored
DELETE FROM restored WHERE task = ANY ($1);

-- name: count
-- From here to its end the transaction has the end of the log.
WITH h AS MATERIALIZED (SELECT next_places(1, $1) + 1 AS seq)
INSERT INTO count_changes (tenant, project, seq, by)
SELECT x.tenant, x.project, h.seq, ARRAY[0, 0, 0, 0, x.completed, 0, x.cancelled]::integer[]
FROM h, unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
    AS x (tenant, project, completed, cancelled);

-- name: record
INSERT INTO archives (name, kind, first, last, rows, attachments, bytes, digest, at, tasks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (name) DO UPDATE SET tasks = excluded.tasks, at = excluded.at;

-- name: old_months
SELECT substring(c.relname FROM 7) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'tasks'::regclass
    AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''(\d+)''\)')::bigint <= $1 << 20
ORDER BY 1;

-- name: drop_empty_month
SELECT drop_empty_month($1);

-- name: log_sizes
SELECT seq, to_char(to_timestamp((seq >> 20) / 1000.0) AT TIME ZONE 'UTC', 'YYYY_MM'),
    300 + octet_length(payload)::bigint
FROM events WHERE seq > $1 ORDER BY seq LIMIT $2;

-- name: log_lines
SELECT e.seq, row_to_json(e)::text FROM events AS e WHERE e.seq > $1 AND e.seq <= $2 ORDER BY e.seq;

-- name: not_dropped_yet
SELECT count(*) FROM (
    SELECT 1 FROM events WHERE seq > $1 AND seq <= $2 LIMIT $3
) AS e;

-- name: list
SELECT id, name, kind, first, last, rows, attachments, bytes, digest, at, cardinality(tasks)
FROM archives WHERE id > $1 ORDER BY id LIMIT $2;

-- name: of_task
SELECT id, name, kind, first, last, rows, attachments, bytes, digest, at, cardinality(tasks)
FROM archives WHERE tasks @> ARRAY[$1::bigint] AND kind = $2 AND last > $3 ORDER BY first LIMIT $4;

-- name: of_tasks
SELECT id FROM archives WHERE tasks && $1::bigint[] AND kind = 0 ORDER BY id;

-- name: of_month
SELECT id FROM archives
WHERE kind = 0 AND first >= (extract(epoch FROM ($1 || '-01')::timestamp) * 1000)::bigint << 20
    AND first < (extract(epoch FROM ($1 || '-01')::timestamp + interval '1 month') * 1000)::bigint << 20
ORDER BY first;

-- name: answers_for
SELECT tasks FROM archives WHERE id = $1;

-- name: one
SELECT id, name, kind, first, last, rows, attachments, bytes, digest, at, cardinality(tasks)
FROM archives WHERE id = $1;

-- name: first_of_log
SELECT min(first) FROM archives WHERE kind = 1;

-- name: archived_task
SELECT t.id, t.text, t.status, t.priority, t.metadata, t.assigned_to, t.assigned_at, t.completed_by,
    t.error, t.reason, t.created_at, t.updated_at, t.started_at, t.completed_at, t.run_at, t.version,
    t.fence, t.attempt, t.losses, t.max_attempts, t.lease_ms, t.deadline_ms, t.backoff,
    t.open_dependencies, t.parent, t.project, t.roles, t.tags, t.unique_key, t.progress, t.note,
    t.checkpoint, t.attachment_count, t.created_by, t.traceparent, NULL::bigint, NULL::bigint
FROM json_populate_recordset(NULL::tasks, $1::text::json) AS t WHERE t.tenant = $2;

-- name: archived_attachments
SELECT a.id, a.task, a.key, a.kind, a.created_by, a.created_at, a.updated_at, a.mime_type, a.size,
    a.url, a.value, a.content
FROM json_populate_recordset(NULL::attachments, $1::text::json) AS a ORDER BY a.id;

-- name: archived_events
SELECT e.seq, e.tenant, e.kind, e.at, e.task, e.version, e.attempt, e.actor, e.project,
    e.traceparent, e.payload, e.session
FROM json_populate_recordset(NULL::events, $1::text::json) AS e ORDER BY e.seq;

-- name: make_month
SELECT add_months($1, $1, 0);

-- name: which_are_here
SELECT id FROM tasks WHERE id = ANY ($1);

-- name: put_rows
SELECT put_rows($1, $2::text::json)::text;

-- name: put_labels
INSERT INTO labels (task, tenant, kind, name)
SELECT t.id, t.tenant, 0, unnest(t.tags) FROM tasks AS t WHERE t.id = ANY ($1)
UNION
SELECT t.id, t.tenant, 1, unnest(t.roles) FROM tasks AS t WHERE t.id = ANY ($1);

-- name: note_restored
INSERT INTO restored (task, at) SELECT x.task, $2 FROM unnest($1::bigint[]) AS x (task)
ON CONFLICT (task) DO UPDATE SET at = excluded.at;

-- name: answers_no_more
UPDATE archives SET tasks = ARRAY(SELECT x FROM unnest(tasks) AS x WHERE x <> ALL ($2) ORDER BY x)
WHERE id = $1;
