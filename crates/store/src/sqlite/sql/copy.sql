-- Copying all of a store from here or to here. What stands in braces is filled in by the list of
-- tables.

-- name: rows
SELECT {columns} FROM {table} WHERE {after} ORDER BY {key};

-- name: leases_of_tasks
-- Each task in progress has one, though it may have no row of its own.
(SELECT t.id AS task, t.tenant, coalesce(t.assigned_to, '') AS worker, t.fence, t.attempt,
    t.started_at + t.deadline_ms AS deadline_at,
    coalesce(l.expires_at, coalesce(t.started_at, t.updated_at)
        + coalesce(t.held_ms, t.lease_ms, {lease_ms})) AS expires_at,
    coalesce(l.lease_ms, t.held_ms, t.lease_ms, {lease_ms}) AS lease_ms,
    coalesce(l.explicit, t.held_explicit) AS explicit, l.cancel_at, l.cancel_asked_at,
    coalesce(l.cancel_dependents, 0) AS cancel_dependents, l.cancel_note, l.progress, l.note,
    l.checkpoint
FROM tenants AS n
CROSS JOIN tasks_of_kind AS k ON k.tenant = n.id AND k.project = '' AND k.kind = 3
CROSS JOIN tasks AS t ON t.id = k.id
LEFT JOIN leases AS l ON l.task = t.id)

-- name: is_used
SELECT EXISTS (SELECT 1 FROM {table});

-- name: last_event
SELECT coalesce(max(seq), 0) FROM events;

-- name: is_copying
SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'copying');

-- name: copying
SELECT source, log_end, stage, after, copied FROM copying;

-- name: start
CREATE TABLE copying (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    source  TEXT NOT NULL,
    log_end INTEGER NOT NULL,
    stage   INTEGER NOT NULL,
    after   TEXT NOT NULL,
    copied  INTEGER NOT NULL
);
DELETE FROM tenants;
DELETE FROM counted;

-- name: save_copying
INSERT OR REPLACE INTO copying (one, source, log_end, stage, after, copied) VALUES (1, ?, ?, ?, ?, ?);

-- name: end_copying
DROP TABLE copying;

-- name: put
INSERT INTO {table} ({columns}) VALUES ({values});

-- name: put_leases
INSERT INTO leases (
    task, tenant, lease_ms, explicit, expires_at, cancel_at, cancel_note, cancel_asked_at,
    cancel_dependents, progress, note, checkpoint
) VALUES (?1, ?2, ?8, ?9, ?7, ?10, ?13, ?11, ?12, ?14, ?15, ?16);

-- name: put_log
UPDATE log SET dropped = ?2 WHERE one = ?1;

-- name: newest_of_task
SELECT last_event FROM tasks WHERE id = ?1 AND last_event > 0
UNION ALL SELECT last_event FROM deleted WHERE task = ?1
LIMIT 1;

-- name: put_event
INSERT INTO events (
    seq, tenant, at, task, version, attempt, kind, project, actor, traceparent, payload, session,
    prev
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: follow_task
UPDATE tasks SET last_event = ?2 WHERE id = ?1;

-- name: follow_deleted
INSERT INTO deleted (task, tenant, last_event) VALUES (?1, ?3, ?2)
ON CONFLICT (task) DO UPDATE SET last_event = excluded.last_event;

-- name: count_kinds
INSERT INTO kinds (tenant, project, kind, block, tasks)
SELECT tenant, '', CASE status WHEN 0 THEN phase - 1 ELSE status + 2 END, id >> 6, count(*)
FROM tasks WHERE id BETWEEN ?1 AND ?2 GROUP BY 1, 2, 3, 4
UNION ALL
SELECT tenant, project, CASE status WHEN 0 THEN phase - 1 ELSE status + 2 END, id >> 6, count(*)
FROM tasks WHERE id BETWEEN ?1 AND ?2 AND project IS NOT NULL GROUP BY 1, 2, 3, 4
ON CONFLICT (tenant, project, kind, block) DO UPDATE SET tasks = tasks + excluded.tasks;

-- name: count_assigned
INSERT INTO assigned (tenant, instance, block, tasks)
SELECT tenant, assigned_to, id >> 6, count(*)
FROM tasks WHERE id BETWEEN ?1 AND ?2 AND assigned_to IS NOT NULL GROUP BY 1, 2, 3
ON CONFLICT (tenant, instance, block) DO UPDATE SET tasks = tasks + excluded.tasks;

-- name: finish_counts
INSERT INTO counts (
    tenant, project, ready, scheduled, blocked, in_progress, completed, failed, cancelled
)
SELECT tenant, project, coalesce(sum(tasks) FILTER (WHERE kind = 0), 0),
    coalesce(sum(tasks) FILTER (WHERE kind = 1), 0), coalesce(sum(tasks) FILTER (WHERE kind = 2), 0),
    coalesce(sum(tasks) FILTER (WHERE kind = 3), 0), coalesce(sum(tasks) FILTER (WHERE kind = 4), 0),
    coalesce(sum(tasks) FILTER (WHERE kind = 5), 0), coalesce(sum(tasks) FILTER (WHERE kind = 6), 0)
FROM kinds GROUP BY tenant, project;

-- name: finish_log
UPDATE log SET gaps = max(0, coalesce((SELECT max(seq) FROM events), 0) - dropped)
    - (SELECT count(*) FROM events)
WHERE one = 1;

-- name: finish_ranks
-- By which step of aging they were ranked is not known.
UPDATE ranks SET step_ms = NULL, tenant = NULL, upto = NULL WHERE one = 1;
