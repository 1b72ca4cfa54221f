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

-- name: result_bytes
SELECT coalesce(octet_length(value), 0), coalesce(octet_length(content), 0)
FROM attachments WHERE task = ? AND key = 'result';

-- name: result_left_out
SELECT id, task, key, kind, created_by, created_at, updated_at, mime_type, size, url, NULL, NULL
FROM attachments WHERE task = ? AND key = 'result';

-- name: attachment_keys
SELECT key FROM attachments WHERE task = ? ORDER BY key LIMIT 20;

-- name: depends_on
SELECT on_id FROM dependencies WHERE task = ? ORDER BY on_id LIMIT 1000;

-- name: dependencies
SELECT on_id, done FROM dependencies WHERE task = ? AND tenant = ? ORDER BY on_id LIMIT ?;

-- name: dependents
SELECT task, done FROM dependencies
WHERE on_id = ? AND tenant = ? AND done = 0 ORDER BY task LIMIT ?;

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

-- name: projects
SELECT project, ready, scheduled, blocked, in_progress, completed, failed, cancelled
FROM counts WHERE tenant = ? AND project > ? ORDER BY project LIMIT ?;

-- name: role_queues
WITH RECURSIVE lanes (lane, n) AS (
    SELECT min(lane), 1 FROM tasks WHERE phase = 1
    UNION ALL
    SELECT (SELECT min(t.lane) FROM tasks AS t WHERE t.phase = 1 AND t.lane > lanes.lane), n + 1
    FROM lanes WHERE lanes.lane IS NOT NULL AND n < ?1
)
SELECT (SELECT t.roles FROM tasks AS t WHERE t.phase = 1 AND t.lane = lanes.lane LIMIT 1),
    (SELECT count(*) FROM (SELECT 1 FROM tasks AS t WHERE t.phase = 1 AND t.lane = lanes.lane LIMIT ?1))
FROM lanes WHERE lane IS NOT NULL;

-- name: oldest_ready
SELECT t.created_at FROM tasks_of_kind AS k CROSS JOIN tasks AS t ON t.id = k.id
WHERE k.tenant = ? AND k.project = ? AND k.kind = 0 ORDER BY k.block, k.id LIMIT 1;

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
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload, prev,
    session
FROM events WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: events_before
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload, prev,
    session
FROM events WHERE seq < ? ORDER BY seq DESC LIMIT ?;

-- name: session_events_after
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload, prev,
    session
FROM events WHERE session IS NOT NULL AND tenant = ? AND session = ? AND seq > ?
ORDER BY seq LIMIT ?;

-- name: session_events_before
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload, prev,
    session
FROM events WHERE session IS NOT NULL AND tenant = ? AND session = ? AND seq < ?
ORDER BY seq DESC LIMIT ?;

-- name: session
SELECT tenant, id, instance, started_at, seen_at, ended_at, events, state
FROM sessions WHERE tenant = ? AND id = ?;

-- name: sessions
SELECT tenant, id, instance, started_at, seen_at, ended_at, events, state
FROM sessions WHERE tenant = ? AND seen_at <= ? ORDER BY seen_at DESC, id LIMIT ?;

-- name: event
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload, prev,
    session
FROM events WHERE seq = ?;

-- name: event_bounds
SELECT (SELECT dropped FROM log WHERE one = 1), coalesce((SELECT max(seq) FROM events), 0);

-- name: event_link
SELECT tenant, kind, task, project, prev, octet_length(payload) FROM events WHERE seq = ?;

-- name: last_event_of
SELECT last_event FROM tasks WHERE id = ?1 AND tenant = ?2
UNION ALL
SELECT last_event FROM deleted WHERE task = ?1 AND tenant = ?2
LIMIT 1;

-- name: instances
SELECT tenant, id, roles, metadata, online, registered_at, seen_at
FROM instances WHERE ?1 IS NULL OR tenant = ?1 ORDER BY tenant, id;

-- name: offline_instances
SELECT id FROM instances WHERE tenant = ? AND online = 0 ORDER BY id LIMIT ?;

-- name: instance_ids
SELECT id FROM instances WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?;

-- name: holders
SELECT t.assigned_to FROM tasks_of_kind AS k CROSS JOIN tasks AS t ON t.id = k.id
WHERE k.tenant = ? AND k.project = '' AND k.kind = 3 AND t.held_ms IS NOT NULL LIMIT ?;

-- name: instance
SELECT tenant, id, roles, metadata, online, registered_at, seen_at
FROM instances WHERE tenant = ? AND id = ?;

-- name: config
SELECT value FROM config WHERE tenant = ? AND key = ?;

-- name: config_page
SELECT key, value FROM config WHERE tenant = ? AND key > ? ORDER BY key LIMIT ?;

-- name: pauses
SELECT scope, reason, until, paused_at, paused_by
FROM pauses WHERE tenant = ? AND (until IS NULL OR until > ?) ORDER BY paused_at, scope;

-- name: keys
SELECT k.id, k.tenant, t.name, k.name, k.hash, k.scopes, k.created_at, k.expires_at
FROM keys AS k JOIN tenants AS t ON t.id = k.tenant
WHERE ?1 IS NULL OR k.tenant = ?1 ORDER BY k.created_at, k.id;

-- name: ended_logins
SELECT login FROM ended_logins WHERE tenant = ? AND login = ?;

-- name: ready_lanes
WITH RECURSIVE lanes (lane) AS (
    SELECT min(lane) FROM tasks WHERE phase = 1
    UNION ALL
    SELECT (SELECT min(t.lane) FROM tasks AS t WHERE t.phase = 1 AND t.lane > lanes.lane)
    FROM lanes WHERE lanes.lane IS NOT NULL
)
SELECT lane FROM lanes
WHERE lane IS NOT NULL
    AND (SELECT t.tenant FROM tasks AS t WHERE t.phase = 1 AND t.lane = lanes.lane LIMIT 1) = ?;

-- name: ahead_in_lane
SELECT count(*) FROM (
    SELECT 1 FROM tasks
    WHERE phase = 1 AND lane = ?1 AND (rank, id) < (?2, ?3) LIMIT ?4);

-- Lists are put together from the parts below. One that has an order already is taken from the
-- source of its filter, or from one source for each kind of task; any other one walks over what one
-- source leaves of the tasks, and sorts. Sources with blocks have them in order, by block and id.

-- name: reach_asc
AND id > :place

-- name: reach_desc
AND id < :place

-- name: block_reach_asc
AND block >= :place >> 6 AND id > :place

-- name: block_reach_desc
AND block <= :place >> 6 AND id < :place

-- name: union_all
UNION ALL

-- name: quick_asc
ORDER BY id LIMIT :limit OFFSET :offset

-- name: quick_desc
ORDER BY id DESC LIMIT :limit OFFSET :offset

-- name: block_quick_asc
ORDER BY block, id LIMIT :limit OFFSET :offset

-- name: block_quick_desc
ORDER BY block DESC, id DESC LIMIT :limit OFFSET :offset

-- name: kinds_of_tenant
SELECT id, block FROM tasks_of_kind WHERE tenant = :tenant AND project = '' AND

-- name: kinds_of_project
SELECT id, block FROM tasks_of_kind WHERE tenant = :tenant AND project = :project AND

-- name: kind_ready
kind = 0

-- name: kind_scheduled
kind = 1

-- name: kind_blocked
kind = 2

-- name: kind_in_progress
kind = 3

-- name: kind_completed
kind = 4

-- name: kind_failed
kind = 5

-- name: kind_cancelled
kind = 6

-- name: of_assignee
SELECT id, block FROM tasks_of_assignee WHERE tenant = :tenant AND instance = :assignee

-- name: of_tag
SELECT task AS id FROM labels WHERE tenant = :tenant AND kind = 0 AND name = :tag

-- name: of_role
SELECT task AS id FROM labels WHERE tenant = :tenant AND kind = 1 AND name = :role

-- name: of_parent
SELECT id FROM tasks WHERE parent = :parent AND tenant = :tenant

-- name: of_words
SELECT rowid AS id FROM search WHERE search MATCH :words
UNION ALL
SELECT id FROM tasks
WHERE id > (SELECT upto FROM search_state) AND tenant = :tenant AND words_match(text, :words)

-- name: by_status
t.status = :status

-- name: by_not_failed
t.status <> 3

-- name: by_assignee
t.assigned_to = :assignee

-- name: by_priority
t.priority = :priority

-- name: by_project
t.project = :project

-- name: by_tag
EXISTS (SELECT 1 FROM labels AS l
    WHERE l.tenant = :tenant AND l.kind = 0 AND l.name = :tag AND l.task = t.id)

-- name: by_role
EXISTS (SELECT 1 FROM labels AS l
    WHERE l.tenant = :tenant AND l.kind = 1 AND l.name = :role AND l.task = t.id)

-- name: by_parent
t.parent = :parent

-- name: by_words
words_match(t.text, :words)

-- name: sorted
SELECT t.id,

-- name: walk
FROM tasks AS t WHERE +t.tenant = :tenant

-- name: indexed
FROM tasks AS t WHERE t.tenant = :tenant

-- name: among_begin
FROM (

-- name: among_end
) AS c CROSS JOIN tasks AS t ON t.id = c.id WHERE t.tenant = :tenant

-- name: after_asc
 > (:after_value, :place)

-- name: after_desc
 < (:after_value, :place)

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

-- name: sort_queue
t.rank

-- name: page
LIMIT :limit OFFSET :offset

-- name: count_begin
SELECT count(*) FROM (

-- name: count_end
LIMIT 10001)

-- name: count_assigned
SELECT coalesce(sum(tasks), 0) FROM (
    SELECT tasks FROM assigned WHERE tenant = :tenant AND instance = :assignee LIMIT 10001)

-- name: look_begin
SELECT count(*), count(*) FILTER (WHERE t.tenant = :tenant

-- name: look_among
) FROM (

-- name: look_end
LIMIT 10001) AS c CROSS JOIN tasks AS t ON t.id = c.id
