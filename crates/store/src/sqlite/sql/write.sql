-- The writer's statements.

-- name: last_task
SELECT max(coalesce((SELECT max(id) FROM tasks), 0), coalesce((SELECT max(task) FROM deleted), 0));

-- name: last_event
SELECT max(seq) FROM events;

-- name: log
SELECT dropped, gaps FROM log WHERE one = 1;

-- name: last_time
SELECT at FROM events WHERE seq = (SELECT max(seq) FROM events)
UNION ALL SELECT NULL LIMIT 1;

-- name: next_scheduled
SELECT min(run_at) FROM tasks WHERE phase = 2;

-- name: next_lane
SELECT lane, rank, tenant, assigned_to, project, roles, tags
FROM tasks WHERE phase = 1 AND lane > ? ORDER BY lane, rank LIMIT 1;

-- name: next_waiting_lane
SELECT lane, tenant, assigned_to, project, roles, tags
FROM tasks WHERE phase > 1 AND lane > ? ORDER BY lane LIMIT 1;

-- name: floor_of_lane
SELECT rank FROM tasks WHERE lane = ? AND phase = 1 ORDER BY rank LIMIT 1;

-- name: waits_in_lane
SELECT 1 FROM tasks WHERE lane = ? AND phase > 1 LIMIT 1;

-- name: ranks
SELECT step_ms, tenant, upto FROM ranks WHERE one = 1;

-- name: save_ranks
UPDATE ranks SET step_ms = ?, tenant = ?, upto = ? WHERE one = 1;

-- name: pending_after
-- Those that are ready, scheduled and blocked.
SELECT * FROM (
    SELECT * FROM (
        SELECT t.id, t.priority, t.created_at, t.rank
        FROM tasks_of_kind AS k CROSS JOIN tasks AS t ON t.id = k.id
        WHERE k.tenant = ?1 AND k.project = '' AND k.kind = 0 AND k.block >= ?2 >> 6 AND k.id > ?2
        ORDER BY k.block, k.id LIMIT ?3)
    UNION ALL
    SELECT * FROM (
        SELECT t.id, t.priority, t.created_at, t.rank
        FROM tasks_of_kind AS k CROSS JOIN tasks AS t ON t.id = k.id
        WHERE k.tenant = ?1 AND k.project = '' AND k.kind = 1 AND k.block >= ?2 >> 6 AND k.id > ?2
        ORDER BY k.block, k.id LIMIT ?3)
    UNION ALL
    SELECT * FROM (
        SELECT t.id, t.priority, t.created_at, t.rank
        FROM tasks_of_kind AS k CROSS JOIN tasks AS t ON t.id = k.id
        WHERE k.tenant = ?1 AND k.project = '' AND k.kind = 2 AND k.block >= ?2 >> 6 AND k.id > ?2
        ORDER BY k.block, k.id LIMIT ?3)
) ORDER BY id LIMIT ?3;

-- name: set_rank
UPDATE tasks SET rank = ?2 WHERE id = ?1;

-- name: next_tenant
SELECT min(id) FROM tenants WHERE id > ?;

-- name: all_leases
-- Every task in progress has one; that of a task set going by hand is nobody's.
SELECT t.id, t.tenant, coalesce(t.assigned_to, ''), t.fence, t.attempt,
       coalesce(l.lease_ms, t.held_ms, t.lease_ms, ?1), coalesce(l.explicit, t.held_explicit),
       coalesce(l.expires_at, coalesce(t.started_at, t.updated_at)
                              + coalesce(t.held_ms, t.lease_ms, ?1)),
       t.started_at + t.deadline_ms, l.cancel_at, l.task IS NOT NULL
FROM tenants AS n
CROSS JOIN tasks_of_kind AS k ON k.tenant = n.id AND k.project = '' AND k.kind = 3
CROSS JOIN tasks AS t ON t.id = k.id
LEFT JOIN leases AS l ON l.task = t.id;

-- name: all_pauses
SELECT tenant, scope, until FROM pauses;

-- name: task
SELECT * FROM task_rows WHERE id = ? AND tenant = ?;

-- name: insert_task
INSERT INTO tasks (
    id, tenant, status, phase, lane, rank, priority, version, last_event, max_attempts,
    open_dependencies, created_at, updated_at, run_at, lease_ms, deadline_ms, backoff, parent,
    project, roles, tags, unique_key, created_by, traceparent, text, metadata, room
) VALUES (
    ?, ?, 0, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, zeroblob(64)
);

-- name: save_task
UPDATE tasks SET
    status = ?2, phase = ?3, lane = ?4, rank = ?5, priority = ?6, version = ?7, last_event = ?8,
    fence = ?9, attempt = ?10, losses = ?11, settled = ?12, open_dependencies = ?13,
    attachment_count = ?14, updated_at = ?15, started_at = ?16, completed_at = ?17, run_at = ?18,
    assigned_at = ?19, assigned_to = ?20, completed_by = ?21, error = ?22, reason = ?23,
    progress = ?24, note = ?25, checkpoint = ?26, text = ?27, metadata = ?28, held_ms = ?29,
    held_explicit = ?30, room = zeroblob(CASE ?2 WHEN 0 THEN 64 WHEN 1 THEN 24 END)
WHERE id = ?1;

-- name: save_claim
UPDATE tasks SET
    status = 1, phase = 0, lane = NULL, version = ?2, last_event = ?3, fence = ?4, attempt = ?5,
    updated_at = ?6, started_at = ?6, assigned_at = ?6, assigned_to = ?7, held_ms = ?8,
    held_explicit = ?9, run_at = NULL, room = zeroblob(24)
WHERE id = ?1;

-- name: save_completion
UPDATE tasks SET
    status = 2, version = ?2, last_event = ?3, settled = ?4, updated_at = ?5,
    completed_at = ?5, completed_by = ?6, attachment_count = ?7, error = NULL, reason = NULL,
    held_ms = NULL, room = zeroblob(0)
WHERE id = ?1;

-- name: delete_task
DELETE FROM tasks WHERE id = ?;

-- name: ready_in_lane
SELECT * FROM task_rows WHERE lane = ? AND phase = 1 ORDER BY rank, id LIMIT ?;

-- name: due
SELECT * FROM task_rows WHERE phase = 2 AND run_at <= ? ORDER BY run_at LIMIT ?;

-- name: live_with_key
SELECT * FROM task_rows WHERE tenant = ? AND unique_key = ? AND status < 2;

-- name: insert_event
INSERT INTO events (
    seq, tenant, kind, at, task, version, attempt, prev, project, actor, traceparent, session,
    payload
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: another_event
, (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: add_counts
INSERT INTO counts (
    tenant, project, ready, scheduled, blocked, in_progress, completed, failed, cancelled
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (tenant, project) DO UPDATE SET
    ready = ready + excluded.ready, scheduled = scheduled + excluded.scheduled,
    blocked = blocked + excluded.blocked, in_progress = in_progress + excluded.in_progress,
    completed = completed + excluded.completed, failed = failed + excluded.failed,
    cancelled = cancelled + excluded.cancelled;

-- name: add_kind
INSERT INTO kinds (tenant, project, kind, block, tasks) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (tenant, project, kind, block) DO UPDATE SET tasks = tasks + excluded.tasks;

-- name: drop_kind
DELETE FROM kinds WHERE tenant = ? AND project = ? AND kind = ? AND block = ? AND tasks = 0;

-- name: add_assigned
INSERT INTO assigned (tenant, instance, block, tasks) VALUES (?, ?, ?, ?)
ON CONFLICT (tenant, instance, block) DO UPDATE SET tasks = tasks + excluded.tasks;

-- name: drop_assigned
DELETE FROM assigned WHERE tenant = ? AND instance = ? AND block = ? AND tasks = 0;

-- name: beat_lease
INSERT INTO leases (task, tenant, lease_ms, explicit, expires_at, progress, note, checkpoint)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (task) DO UPDATE SET
    lease_ms = excluded.lease_ms, explicit = excluded.explicit, expires_at = excluded.expires_at,
    progress = coalesce(excluded.progress, progress), note = coalesce(excluded.note, note),
    checkpoint = coalesce(excluded.checkpoint, checkpoint);

-- name: cancel_lease
UPDATE leases SET
    cancel_at = ?2, cancel_note = ?3, cancel_asked_at = ?4, cancel_dependents = ?5
WHERE task = ?1;

-- name: change_cancel
UPDATE leases SET
    cancel_note = coalesce(?2, cancel_note), cancel_dependents = coalesce(?3, cancel_dependents)
WHERE task = ?1;

-- name: lease_notes
SELECT progress, note, checkpoint FROM leases WHERE task = ?;

-- name: lease_cancel
SELECT cancel_note, cancel_dependents FROM leases WHERE task = ?;

-- name: delete_lease
DELETE FROM leases WHERE task = ?;

-- name: insert_dependency
INSERT OR IGNORE INTO dependencies (task, tenant, on_id, done) VALUES (?, ?, ?, ?);

-- name: mark_depended_on
UPDATE tasks SET has_dependents = 1 WHERE id = ? AND has_dependents = 0;

-- name: open_dependents
SELECT task FROM dependencies WHERE on_id = ? AND done = 0 ORDER BY task;

-- name: pending_dependents
SELECT d.task FROM dependencies AS d CROSS JOIN tasks AS t ON t.id = d.task
WHERE d.on_id = ? AND d.done = 0 AND t.status = 0;

-- name: count_dependents
SELECT count(*) FROM dependencies WHERE on_id = ? AND done = 0;

-- name: open_dependencies
SELECT on_id FROM dependencies WHERE task = ? AND done = 0;

-- name: move_dependencies
UPDATE dependencies SET on_id = ?2 WHERE on_id = ?1 AND done = 0;

-- name: close_dependencies_on
UPDATE dependencies SET done = 1 WHERE on_id = ? AND done = 0;

-- name: delete_dependencies
DELETE FROM dependencies WHERE task = ?;

-- name: insert_label
INSERT OR IGNORE INTO labels (tenant, kind, name, task) VALUES (?, ?, ?, ?);

-- name: delete_label
DELETE FROM labels WHERE tenant = ? AND kind = ? AND name = ? AND task = ?;

-- name: attachment_by_key
SELECT id, created_at, created_by FROM attachments WHERE task = ? AND key = ?;

-- name: put_attachment
INSERT INTO attachments (
    id, tenant, task, key, kind, created_by, created_at, updated_at, mime_type, size, url, value,
    content
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, created_by = excluded.created_by, updated_at = excluded.updated_at,
    mime_type = excluded.mime_type, size = excluded.size, url = excluded.url,
    value = excluded.value, content = excluded.content;

-- name: delete_attachment
DELETE FROM attachments WHERE id = ?;

-- name: delete_attachments
DELETE FROM attachments WHERE task = ?;

-- name: remember_deleted
INSERT INTO deleted (task, tenant, last_event) VALUES (?, ?, ?);

-- name: search_upto
SELECT upto FROM search_state;

-- name: search_add
INSERT INTO search (rowid, text) VALUES (?, ?);

-- name: search_delete
DELETE FROM search WHERE rowid = ?;

-- name: search_next
SELECT id, text FROM tasks WHERE id > ? ORDER BY id LIMIT ?;

-- name: search_move
UPDATE search_state SET upto = ?;

-- name: idempotent
SELECT fingerprint, outcome FROM idempotency WHERE tenant = ? AND key = ? AND expires_at > ?;

-- name: remember_key
INSERT OR REPLACE INTO idempotency (tenant, key, fingerprint, outcome, expires_at)
VALUES (?, ?, ?, ?, ?);

-- name: parked_on
SELECT id FROM tasks INDEXED BY tasks_parked
WHERE tenant = ? AND assigned_to = ? AND status = 0 AND assigned_to IS NOT NULL ORDER BY id;

-- name: dead
SELECT t.id FROM tasks_of_kind AS k CROSS JOIN tasks AS t ON t.id = k.id
WHERE k.tenant = ?1 AND k.project = '' AND k.kind = 5
    AND (?2 IS NULL OR t.project = ?2)
    AND (?3 IS NULL OR EXISTS (
        SELECT 1 FROM labels AS l
        WHERE l.tenant = ?1 AND l.kind = 0 AND l.name = ?3 AND l.task = t.id))
    AND (?4 IS NULL OR t.reason = ?4)
    AND (t.unique_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM tasks AS live
        WHERE live.tenant = ?1 AND live.unique_key = t.unique_key AND live.status < 2))
ORDER BY k.block, k.id LIMIT ?5;

-- name: instance_as_registered
SELECT 1 FROM instances
WHERE tenant = ? AND id = ? AND online = 1 AND roles = ? AND metadata IS ?;

-- name: instance_online
SELECT online FROM instances WHERE tenant = ? AND id = ?;

-- name: count_instances
SELECT count(*) FROM instances WHERE tenant = ?;

-- name: register
INSERT INTO instances (tenant, id, roles, metadata, online, registered_at, seen_at)
VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5)
ON CONFLICT (tenant, id) DO UPDATE SET
    roles = excluded.roles, metadata = excluded.metadata, online = 1,
    registered_at = excluded.registered_at, seen_at = excluded.seen_at
RETURNING tenant, id, roles, metadata, online, registered_at, seen_at;

-- name: take_offline
UPDATE instances SET online = 0
WHERE tenant = ?1 AND id = ?2 AND online = 1 AND (seen_at <= ?3 OR seen_at > ?4);

-- name: stamp_instance
UPDATE instances SET seen_at = max(seen_at, ?3) WHERE tenant = ?1 AND id = ?2;

-- name: pause
INSERT OR REPLACE INTO pauses (tenant, scope, reason, until, paused_at, paused_by)
VALUES (?, ?, ?, ?, ?, ?);

-- name: resume
DELETE FROM pauses WHERE tenant = ? AND scope = ?;

-- name: count_config
SELECT count(*) FROM config WHERE tenant = ? AND key <> ?;

-- name: set_config
INSERT OR REPLACE INTO config (tenant, key, value, updated_at) VALUES (?, ?, ?, ?);

-- name: count_keys
SELECT count(*) FROM keys;

-- name: add_tenant
INSERT OR IGNORE INTO tenants (name) VALUES (?);

-- name: tenant
SELECT id FROM tenants WHERE name = ?;

-- name: add_key
INSERT INTO keys (id, tenant, name, hash, scopes, created_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: revoke_key
DELETE FROM keys WHERE id = ?1 AND (?2 IS NULL OR tenant = ?2);

-- name: end_login
INSERT OR REPLACE INTO ended_logins (tenant, login, at) VALUES (?, ?, ?);

-- name: decision
SELECT value, votes FROM decisions WHERE tenant = ? AND decision = ?;

-- name: vote
INSERT OR REPLACE INTO votes (tenant, decision, instance, value, at) VALUES (?, ?, ?, ?, ?);

-- name: tally
SELECT value, count(*) AS votes FROM votes WHERE tenant = ? AND decision = ?
GROUP BY value ORDER BY votes DESC, value LIMIT 1;

-- name: decide
INSERT INTO decisions (tenant, decision, value, votes, at) VALUES (?, ?, ?, ?, ?);

-- name: batch
SELECT processor, items FROM batches WHERE tenant = ? AND id = ?;

-- name: take_batch
INSERT INTO batches (tenant, id, processor, items, at) VALUES (?, ?, ?, ?, ?);

-- name: session
SELECT tenant, id, instance, started_at, seen_at, ended_at, events, state
FROM sessions WHERE tenant = ? AND id = ?;

-- name: put_session
INSERT INTO sessions (tenant, id, instance, started_at, seen_at, ended_at, events, state)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (tenant, id) DO UPDATE SET
    instance = ?3, seen_at = ?5, ended_at = ?6, events = ?7, state = ?8;

-- name: count_sessions
SELECT count(*) FROM sessions WHERE tenant = ?;

-- name: flush_words
DELETE FROM search WHERE rowid IN (
    SELECT id FROM tasks_of_kind
    WHERE tenant = ? AND project = '' AND id <= (SELECT upto FROM search_state));

-- name: flush_remember
INSERT INTO deleted (task, tenant, last_event)
SELECT t.id, t.tenant, t.last_event
FROM tasks_of_kind AS k CROSS JOIN tasks AS t ON t.id = k.id
WHERE k.tenant = ? AND k.project = '';

-- name: flush_leases
DELETE FROM leases WHERE tenant = ?;

-- name: flush_labels
DELETE FROM labels WHERE tenant = ?;

-- name: flush_dependencies
DELETE FROM dependencies WHERE tenant = ?;

-- name: flush_attachments
DELETE FROM attachments WHERE tenant = ?;

-- name: flush_counts
DELETE FROM counts WHERE tenant = ?;

-- name: flush_assigned
DELETE FROM assigned WHERE tenant = ?;

-- name: flush_idempotency
DELETE FROM idempotency WHERE tenant = ?;

-- name: flush_tasks
DELETE FROM tasks WHERE id IN (SELECT id FROM tasks_of_kind WHERE tenant = ? AND project = '');

-- name: flush_kinds
DELETE FROM kinds WHERE tenant = ?;

-- name: first_events
SELECT max(seq) FROM (SELECT seq FROM events WHERE seq > ? ORDER BY seq LIMIT ?);

-- name: newest_before
SELECT max(seq) FROM (SELECT seq, at FROM events WHERE seq > ? ORDER BY seq LIMIT ?) WHERE at < ?;

-- name: save_log
UPDATE log SET dropped = ?, gaps = ? WHERE one = 1;

-- name: drop_events
DELETE FROM events WHERE seq <= ?;

-- name: drop_deleted
DELETE FROM deleted WHERE last_event <= ?;

-- name: drop_idempotency
DELETE FROM idempotency WHERE (tenant, key) IN (
    SELECT tenant, key FROM idempotency WHERE expires_at <= ? ORDER BY expires_at LIMIT ?);

-- name: drop_instances
DELETE FROM instances WHERE (tenant, id) IN (
    SELECT tenant, id FROM instances WHERE online = 0 AND seen_at <= ? LIMIT ?);

-- name: drop_votes
DELETE FROM votes WHERE (tenant, decision, instance) IN (
    SELECT tenant, decision, instance FROM votes WHERE at <= ? ORDER BY at LIMIT ?);

-- name: drop_decisions
DELETE FROM decisions WHERE (tenant, decision) IN (
    SELECT tenant, decision FROM decisions WHERE at <= ? ORDER BY at LIMIT ?);

-- name: drop_ended_logins
DELETE FROM ended_logins WHERE (tenant, login) IN (
    SELECT tenant, login FROM ended_logins WHERE at <= ? ORDER BY at LIMIT ?);

-- name: drop_sessions
DELETE FROM sessions WHERE (tenant, id) IN (
    SELECT tenant, id FROM sessions WHERE seen_at <= ? ORDER BY seen_at LIMIT ?);

-- name: drop_batches
DELETE FROM batches WHERE (tenant, id) IN (
    SELECT tenant, id FROM batches WHERE at <= ? ORDER BY at LIMIT ?);
