-- What a batch has changed, written by arrays: in this order, with the log last. From there to the
-- end a transaction is alone.

-- name: drop_kept
-- One that somebody has renewed since stays, and `keep` fails.
DELETE FROM idempotency AS i
USING unnest($1::bigint[], $2::text[], $3::bigint[]) AS w (tenant, key, expires_at)
WHERE i.tenant = w.tenant AND i.key = w.key AND i.expires_at = w.expires_at;

-- name: keep
INSERT INTO idempotency (tenant, key, fingerprint, outcome, expires_at)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::text[], $5::bigint[]);

-- name: drop_unique
DELETE FROM unique_keys AS u
USING unnest($1::bigint[], $2::text[], $3::bigint[]) AS w (tenant, key, task)
WHERE u.tenant = w.tenant AND u.key = w.key AND u.task = w.task;

-- name: add_unique
INSERT INTO unique_keys (tenant, key, task) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[]);

-- name: insert_tasks
INSERT INTO tasks (
    id, tenant, status, phase, lane, rank, priority, version, max_attempts, open_dependencies,
    created_at, updated_at, run_at, lease_ms, deadline_ms, backoff, parent, project, roles, tags,
    unique_key, created_by, traceparent, text, metadata, fence, attempt, losses, settled,
    attachment_count, started_at, completed_at, assigned_at, assigned_to, completed_by, error,
    reason, progress, note, checkpoint, held_ms, held_explicit, has_dependents)
SELECT id, tenant, status, phase, lane, rank, priority, version, max_attempts, open_dependencies,
    created_at, updated_at, run_at, lease_ms, deadline_ms, backoff, parent, project,
    CASE WHEN roles IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(roles::json)) END,
    CASE WHEN tags IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(tags::json)) END,
    unique_key, created_by, traceparent, text, metadata, fence, attempt, losses, settled,
    attachment_count, started_at, completed_at, assigned_at, assigned_to, completed_by, error,
    reason, progress, note, checkpoint, held_ms, held_explicit, has_dependents
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
    $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
    $13::bigint[], $14::bigint[], $15::bigint[], $16::text[], $17::bigint[], $18::text[],
    $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[],
    $26::bigint[], $27::bigint[], $28::bigint[], $29::bigint[], $30::bigint[], $31::bigint[],
    $32::bigint[], $33::bigint[], $34::text[], $35::text[], $36::text[], $37::text[], $38::float8[],
    $39::text[], $40::text[], $41::bigint[], $42::boolean[], $43::boolean[]
) AS x (id, tenant, status, phase, lane, rank, priority, version, max_attempts, open_dependencies,
    created_at, updated_at, run_at, lease_ms, deadline_ms, backoff, parent, project, roles, tags,
    unique_key, created_by, traceparent, text, metadata, fence, attempt, losses, settled,
    attachment_count, started_at, completed_at, assigned_at, assigned_to, completed_by, error,
    reason, progress, note, checkpoint, held_ms, held_explicit, has_dependents);

-- name: move_tasks
-- What claims and completions change.
UPDATE tasks AS t SET
    status = x.status, phase = x.phase, lane = x.lane, rank = x.rank, version = x.version,
    fence = x.fence, attempt = x.attempt, settled = x.settled,
    attachment_count = x.attachment_count, updated_at = x.updated_at, started_at = x.started_at,
    completed_at = x.completed_at, run_at = x.run_at, assigned_at = x.assigned_at,
    assigned_to = x.assigned_to, completed_by = x.completed_by, held_ms = x.held_ms,
    held_explicit = x.held_explicit
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
    $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
    $13::bigint[], $14::bigint[], $15::bigint[], $16::text[], $17::text[], $18::bigint[],
    $19::boolean[]
) AS x (id, status, phase, lane, rank, version, fence, attempt, settled, attachment_count,
    updated_at, started_at, completed_at, run_at, assigned_at, assigned_to, completed_by, held_ms,
    held_explicit)
WHERE t.id = x.id;

-- name: change_tasks
-- What else can change; the other columns are written by `move_tasks`.
UPDATE tasks AS t SET
    priority = x.priority, losses = x.losses, open_dependencies = x.open_dependencies,
    has_dependents = x.has_dependents, progress = x.progress, error = x.error, reason = x.reason,
    note = x.note, checkpoint = x.checkpoint, text = x.text, metadata = x.metadata,
    status = x.status, phase = x.phase, lane = x.lane, rank = x.rank, version = x.version,
    fence = x.fence, attempt = x.attempt, settled = x.settled,
    attachment_count = x.attachment_count, updated_at = x.updated_at, started_at = x.started_at,
    completed_at = x.completed_at, run_at = x.run_at, assigned_at = x.assigned_at,
    assigned_to = x.assigned_to, completed_by = x.completed_by, held_ms = x.held_ms,
    held_explicit = x.held_explicit
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[], $6::float8[],
    $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[],
    $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[],
    $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[],
    $26::bigint[], $27::text[], $28::text[], $29::bigint[], $30::boolean[]
) AS x (id, priority, losses, open_dependencies, has_dependents, progress, error, reason, note,
    checkpoint, text, metadata, status, phase, lane, rank, version, fence, attempt, settled,
    attachment_count, updated_at, started_at, completed_at, run_at, assigned_at, assigned_to,
    completed_by, held_ms, held_explicit)
WHERE t.id = x.id;

-- name: erase_tasks
DELETE FROM tasks AS t USING unnest($1::bigint[]) AS w (id) WHERE t.id = w.id;

-- name: erase_labels
DELETE FROM labels WHERE task = ANY ($1) AND tenant = ANY ($2);

-- name: erase_attachments
DELETE FROM attachments AS a USING unnest($1::bigint[]) AS w (task) WHERE a.task = w.task;

-- name: erase_dependencies
DELETE FROM dependencies WHERE task = ANY ($1);

-- name: insert_labels
INSERT INTO labels (task, tenant, kind, name)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) ON CONFLICT DO NOTHING;

-- name: delete_attachments
DELETE FROM attachments AS a USING unnest($1::bigint[], $2::text[]) AS w (task, key)
WHERE a.task = w.task AND a.key = w.key;

-- name: put_attachments
INSERT INTO attachments (
    task, key, id, tenant, kind, created_by, created_at, updated_at, mime_type, size, url, value,
    content)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
    $7::bigint[], $8::bigint[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[])
ON CONFLICT (task, key) DO UPDATE SET
    id = excluded.id, kind = excluded.kind, created_by = excluded.created_by,
    created_at = excluded.created_at, updated_at = excluded.updated_at,
    mime_type = excluded.mime_type, size = excluded.size, url = excluded.url,
    value = excluded.value, content = excluded.content;

-- name: drop_dependencies
DELETE FROM dependencies AS d USING unnest($1::bigint[], $2::bigint[]) AS w (task, on_id)
WHERE d.task = w.task AND d.on_id = w.on_id;

-- name: put_dependencies
INSERT INTO dependencies (task, on_id, tenant, done)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[])
ON CONFLICT (task, on_id) DO UPDATE SET done = excluded.done;

-- name: leave_ready
DELETE FROM ready AS r USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (lane, rank, task)
WHERE r.lane = w.lane AND r.rank = w.rank AND r.task = w.task;

-- name: enter_ready
INSERT INTO ready (lane, rank, task) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]);

-- name: unschedule
DELETE FROM scheduled AS s USING unnest($1::bigint[], $2::bigint[]) AS w (run_at, task)
WHERE s.run_at = w.run_at AND s.task = w.task;

-- name: schedule
INSERT INTO scheduled (run_at, task) SELECT * FROM unnest($1::bigint[], $2::bigint[]);

-- name: end_leases
DELETE FROM leases WHERE task = ANY ($1);

-- name: insert_leases
-- Of tasks that nobody held: one that is not in progress has no lease. To ask for a conflict took a quarter
-- of the time of it.
INSERT INTO leases (
    task, tenant, worker, fence, attempt, lease_ms, explicit, expires_at, deadline_at, cancel_at,
    progress, note, checkpoint, cancel_asked_at, cancel_note, cancel_dependents, check_at)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[],
    $6::bigint[], $7::boolean[], $8::bigint[], $9::bigint[], $10::bigint[], $11::float8[],
    $12::text[], $13::text[], $14::bigint[], $15::text[], $16::bigint[], $17::bigint[]);

-- name: change_leases
UPDATE leases AS l SET
    worker = x.worker, fence = x.fence, attempt = x.attempt, lease_ms = x.lease_ms,
    explicit = x.explicit, expires_at = x.expires_at, deadline_at = x.deadline_at,
    cancel_at = x.cancel_at, progress = x.progress, note = x.note, checkpoint = x.checkpoint,
    cancel_asked_at = x.cancel_asked_at, cancel_note = x.cancel_note,
    cancel_dependents = x.cancel_dependents, check_at = x.check_at
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[],
    $6::bigint[], $7::boolean[], $8::bigint[], $9::bigint[], $10::bigint[], $11::float8[],
    $12::text[], $13::text[], $14::bigint[], $15::text[], $16::bigint[], $17::bigint[]
) AS x (task, tenant, worker, fence, attempt, lease_ms, explicit, expires_at, deadline_at,
    cancel_at, progress, note, checkpoint, cancel_asked_at, cancel_note, cancel_dependents,
    check_at)
WHERE l.task = x.task;

-- name: looked_at_leases
UPDATE leases AS l SET check_at = w.check_at FROM unnest($1::bigint[], $2::bigint[]) AS w (task, check_at)
WHERE l.task = w.task;

-- name: put_instances
INSERT INTO instances (tenant, id, roles, metadata, online, registered_at, seen_at)
SELECT tenant, id, ARRAY(SELECT json_array_elements_text(roles::json)), metadata, online,
    registered_at, seen_at
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::bigint[],
    $7::bigint[]) AS x (tenant, id, roles, metadata, online, registered_at, seen_at)
ON CONFLICT (tenant, id) DO UPDATE SET
    roles = excluded.roles, metadata = excluded.metadata, online = excluded.online,
    registered_at = excluded.registered_at, seen_at = excluded.seen_at;

-- name: put_sessions
INSERT INTO sessions (tenant, id, instance, started_at, seen_at, ended_at, events, state)
SELECT tenant, id, instance, started_at, seen_at, ended_at, events, state
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
    $7::bigint[], $8::text[])
    AS x (tenant, id, instance, started_at, seen_at, ended_at, events, state)
ON CONFLICT (tenant, id) DO UPDATE SET
    instance = excluded.instance, seen_at = excluded.seen_at, ended_at = excluded.ended_at,
    events = excluded.events, state = excluded.state;

-- name: end_pauses
DELETE FROM pauses AS p USING unnest($1::bigint[], $2::text[]) AS w (tenant, scope)
WHERE p.tenant = w.tenant AND p.scope = w.scope;

-- name: put_pauses
INSERT INTO pauses (tenant, scope, reason, until, paused_at, paused_by)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])
ON CONFLICT (tenant, scope) DO UPDATE SET
    reason = excluded.reason, until = excluded.until, paused_at = excluded.paused_at,
    paused_by = excluded.paused_by;

-- name: set_config
INSERT INTO config (tenant, key, value, updated_at)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])
ON CONFLICT (tenant, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;

-- name: revoke_keys
DELETE FROM keys WHERE id = ANY ($1);

-- name: add_key
INSERT INTO keys (id, tenant, name, hash, scopes, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: end_logins
INSERT INTO ended_logins (tenant, login, at)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])
ON CONFLICT (tenant, login) DO UPDATE SET at = excluded.at;

-- name: put_votes
INSERT INTO votes (tenant, decision, instance, value, at)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[])
ON CONFLICT (tenant, decision, instance) DO UPDATE SET value = excluded.value, at = excluded.at;

-- name: decide
INSERT INTO decisions (tenant, decision, value, votes, at)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]);

-- name: take_batches
INSERT INTO batches (tenant, id, processor, items, at)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]);

-- name: number_lanes
-- Whoever makes the same lane waits here for the other; all make them in one order.
WITH w AS (
    SELECT x.*, sha256(convert_to(x.name, 'UTF8')) AS digest
    FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
        AS x (name, tenant, assignee, project, roles, tags)
), made AS (
    INSERT INTO lanes (tenant, assignee, project, roles, tags, digest)
    SELECT w.tenant, w.assignee, w.project, ARRAY(SELECT json_array_elements_text(w.roles::json)),
        ARRAY(SELECT json_array_elements_text(w.tags::json)), w.digest
    FROM w WHERE NOT EXISTS (SELECT 1 FROM lanes AS l WHERE l.digest = w.digest)
    ORDER BY w.digest
    ON CONFLICT (digest) DO NOTHING
    RETURNING id, digest
)
SELECT w.name, made.id FROM w JOIN made USING (digest)
UNION ALL
SELECT w.name, l.id FROM w JOIN lanes AS l USING (digest);

-- name: place
-- The end of the log is this transaction's from here on.
WITH h AS MATERIALIZED (SELECT before, base FROM take_places($1, $2)),
e AS (
    INSERT INTO events (
        seq, tenant, at, task, version, attempt, kind, project, actor, traceparent,
        session, payload)
    SELECT h.base + x.place, x.tenant, x.at, x.task, x.version, x.attempt, x.kind, x.project,
        x.actor, x.traceparent, x.session, x.payload
    FROM h, unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::text[], $13::text[]) WITH ORDINALITY
        AS x (tenant, at, task, version, attempt, kind, project, actor, traceparent, session,
            payload, place)
),
c AS (
    INSERT INTO count_changes (tenant, project, seq, by)
    SELECT x.tenant, x.project, h.base + $1, ARRAY[x.a, x.b, x.c, x.d, x.e, x.f, x.g]
    FROM h, unnest($14::bigint[], $15::text[], $16::bigint[], $17::bigint[], $18::bigint[],
        $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[])
        AS x (tenant, project, a, b, c, d, e, f, g)
),
n AS (
    INSERT INTO news (seq, server, batch, lanes, lowest, counts, reopened, due, changed)
    SELECT h.base + $1, $23, $24, $25::bigint[], $26, $27::bigint[], $28, $29, $30 FROM h
)
SELECT h.base, h.before, pg_notify('claudebench', $23::text) FROM h;
