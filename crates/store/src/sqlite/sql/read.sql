-- The readers' statements.

-- name: task
SELECT r.*, CASE WHEN r.held_ms IS NOT NULL THEN r.fence END, r.attempt, r.assigned_to,
       coalesce(l.expires_at, r.started_at + r.held_ms), r.started_at + r.deadline_ms,
       l.progress, l.note, l.checkpoint, l.cancel_asked_at
FROM task_rows AS r LEFT JOIN leases AS l ON l.task = r.id
WHERE r.id = ? AND r.tenant = ?;

-- name: result
SELECT id, task, key, kind, created_by, created_at, updated_at, mime_type, size, url, value, content
FROM attachments WHERE task = ? AND key = 'result';

-- name: attachment_keys
SELECT key FROM attachments WHERE task = ? ORDER BY key LIMIT 20;

-- name: depends_on
SELECT on_id FROM dependencies WHERE task = ? ORDER BY on_id LIMIT 1000;

-- name: blocked_by
SELECT t.id, t.status, t.text
FROM dependencies AS d JOIN tasks AS t ON t.id = d.on_id
WHERE d.task = ? AND d.done = 0 ORDER BY d.on_id LIMIT 100;

-- name: stats
SELECT ready, scheduled, blocked, in_progress, completed, failed, cancelled
FROM counts WHERE tenant = ? AND project = ?;

-- name: totals
SELECT sum(ready), sum(scheduled), sum(blocked), sum(in_progress), sum(completed), sum(failed),
    sum(cancelled)
FROM tenants AS t JOIN counts AS c ON c.tenant = t.id AND c.project = ''
HAVING count(*) > 0;

-- name: oldest_ready
SELECT min(created_at) FROM (
    SELECT created_at, phase FROM tasks WHERE tenant = ? AND status = 0 ORDER BY id LIMIT 1000)
WHERE phase = 1;

-- name: attachments_of
SELECT id, task, key, kind, created_by, created_at, updated_at, mime_type, size, url, value, content
FROM attachments
WHERE task = ?1 AND tenant = ?2 AND (?3 IS NULL OR kind = ?3)
ORDER BY id LIMIT ?4 OFFSET ?5;

-- name: count_attachments
SELECT count(*) FROM attachments WHERE task = ?1 AND tenant = ?2 AND (?3 IS NULL OR kind = ?3);

-- name: attachment_named
SELECT id, task, key, kind, created_by, created_at, updated_at, mime_type, size, url, value, content
FROM attachments WHERE task = ? AND key = ? AND tenant = ?;

-- name: events_after
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload, prev
FROM events WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: events_before
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload, prev
FROM events WHERE seq < ? ORDER BY seq DESC LIMIT ?;

-- name: event
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload, prev
FROM events WHERE seq = ?;

-- name: event_bounds
SELECT coalesce((SELECT min(seq) FROM events), 0), coalesce((SELECT max(seq) FROM events), 0);

-- name: last_event_of
SELECT last_event FROM tasks WHERE id = ?1 AND tenant = ?2
UNION ALL
SELECT last_event FROM deleted WHERE task = ?1 AND tenant = ?2
LIMIT 1;

-- name: instances
SELECT tenant, id, roles, metadata, online, registered_at, seen_at
FROM instances WHERE ?1 IS NULL OR tenant = ?1 ORDER BY tenant, id;

-- name: config
SELECT value FROM config WHERE tenant = ? AND key = ?;

-- name: pauses
SELECT scope, reason, until, paused_at, paused_by
FROM pauses WHERE tenant = ? AND (until IS NULL OR until > ?) ORDER BY paused_at, scope;

-- name: keys
SELECT k.id, k.tenant, t.name, k.name, k.hash, k.scopes, k.created_at, k.expires_at
FROM keys AS k JOIN tenants AS t ON t.id = k.tenant
WHERE ?1 IS NULL OR k.tenant = ?1 ORDER BY k.created_at, k.id;

-- name: ready_lanes
WITH RECURSIVE lanes (lane) AS (
    SELECT min(lane) FROM tasks WHERE phase = 1
    UNION ALL
    SELECT (SELECT min(t.lane) FROM tasks AS t WHERE t.phase = 1 AND t.lane > lanes.lane)
    FROM lanes WHERE lanes.lane IS NOT NULL
)
SELECT lane FROM lanes WHERE lane IS NOT NULL LIMIT 1000;

-- name: ahead_in_lane
SELECT count(*) FROM (
    SELECT 1 FROM tasks
    WHERE phase = 1 AND lane = ?1 AND (rank, id) < (?2, ?3) AND tenant = ?4 LIMIT ?5);

-- Lists are put together from the parts below: `list` or `count`, then the filters that are given,
-- then the order. A filter with an index of its own goes with `list`; without one, the ids are
-- walked in order.

-- name: list
SELECT t.*, CASE WHEN t.held_ms IS NOT NULL THEN t.fence END, t.attempt, t.assigned_to,
       coalesce(l.expires_at, t.started_at + t.held_ms), t.started_at + t.deadline_ms,
       l.progress, l.note, l.checkpoint, l.cancel_asked_at
FROM task_rows AS t LEFT JOIN leases AS l ON l.task = t.id

-- name: count
SELECT count(*) FROM (SELECT 1 FROM tasks AS t

-- name: of_tenant
WHERE t.tenant = :tenant

-- name: of_tenant_in_order
WHERE +t.tenant = :tenant

-- name: newest
WHERE t.id IN (
    SELECT id FROM (SELECT id FROM tasks WHERE tenant = :tenant AND status = 0 AND id < :before
        ORDER BY id DESC LIMIT :reach)
    UNION ALL
    SELECT id FROM (SELECT id FROM tasks WHERE tenant = :tenant AND status = 1 AND id < :before
        ORDER BY id DESC LIMIT :reach)
    UNION ALL
    SELECT id FROM (SELECT id FROM tasks WHERE tenant = :tenant AND status = 2 AND id < :before
        ORDER BY id DESC LIMIT :reach)
    UNION ALL
    SELECT id FROM (SELECT id FROM tasks WHERE tenant = :tenant AND status = 3 AND id < :before
        ORDER BY id DESC LIMIT :reach)
    UNION ALL
    SELECT id FROM (SELECT id FROM tasks WHERE tenant = :tenant AND status = 4 AND id < :before
        ORDER BY id DESC LIMIT :reach))

-- name: by_status
AND t.status = :status

-- name: not_dead
AND t.status <> 3

-- name: by_assignee
AND t.assigned_to = :assignee

-- name: by_priority
AND t.priority = :priority

-- name: by_project
AND t.project = :project

-- name: by_tag
AND t.id IN (SELECT task FROM labels WHERE tenant = :tenant AND kind = 0 AND name = :tag)

-- name: by_role
AND t.id IN (SELECT task FROM labels WHERE tenant = :tenant AND kind = 1 AND name = :role)

-- name: by_parent
AND t.parent = :parent

-- name: by_words
AND t.id IN (
    SELECT rowid FROM search WHERE search MATCH :words
    UNION ALL
    SELECT id FROM tasks
    WHERE id > (SELECT upto FROM search_state) AND words_match(text, :words))

-- name: after_asc
 > (:after_value, :after_id)

-- name: after_desc
 < (:after_value, :after_id)

-- name: sort_created
t.id

-- name: sort_updated
t.updated_at

-- name: sort_priority
t.priority

-- name: sort_status
t.status

-- name: sort_assignee
coalesce(t.assigned_to, '')

-- name: page
LIMIT :limit OFFSET :offset

-- name: count_end
LIMIT 10001)
