-- The readers' statements. What is looked for by a list of ids names the list for each table: so
-- only the months that it lies in are opened.

-- name: tasks
SELECT t.id, t.text, t.status, t.priority, t.metadata, t.assigned_to, t.assigned_at, t.completed_by,
    t.error, t.reason, t.created_at, t.updated_at, t.started_at, t.completed_at, t.run_at, t.version,
    t.fence, t.attempt, t.losses, t.max_attempts, t.lease_ms, t.deadline_ms, t.backoff,
    t.open_dependencies, t.parent, t.project, t.roles, t.tags, t.unique_key, t.progress, t.note,
    t.checkpoint, t.attachment_count, t.created_by, t.traceparent,
    CASE WHEN t.phase = 1 THEN t.rank END,
    CASE WHEN t.held_ms IS NOT NULL THEN l.fence END, l.attempt, l.worker, l.expires_at,
    l.deadline_at, l.progress, l.note, l.checkpoint, l.cancel_asked_at
FROM tasks AS t LEFT JOIN leases AS l ON l.task = t.id AND l.task = ANY ($1)
WHERE t.id = ANY ($1) AND t.tenant = $2;

-- name: result_sizes
SELECT task, coalesce(octet_length(value), 0), coalesce(octet_length(content), 0)
FROM attachments WHERE task = ANY ($1) AND key = 'result';

-- name: results
SELECT id, task, key, kind, created_by, created_at, updated_at, mime_type, size, url,
    CASE WHEN task = ANY ($2) THEN value END, CASE WHEN task = ANY ($2) THEN content END
FROM attachments WHERE task = ANY ($1) AND key = 'result';

-- name: attachment_keys
SELECT a.task, a.key FROM unnest($1::bigint[]) AS w (task), LATERAL (
    SELECT task, key FROM attachments WHERE task = w.task ORDER BY key LIMIT 20
) AS a ORDER BY a.task, a.key;

-- name: depends_on
SELECT d.task, d.on_id FROM unnest($1::bigint[]) AS w (task), LATERAL (
    SELECT task, on_id FROM dependencies WHERE task = w.task ORDER BY on_id LIMIT 1000
) AS d ORDER BY d.task, d.on_id;

-- name: dependencies
SELECT d.task, d.on_id, d.done FROM unnest($1::bigint[]) WITH ORDINALITY AS w (task, place), LATERAL (
    SELECT task, on_id, done FROM dependencies
    WHERE task = w.task AND tenant = $2 ORDER BY on_id LIMIT 1000
) AS d ORDER BY w.place, d.on_id LIMIT $3;

-- name: dependents
SELECT d.task, d.on_id, d.done FROM unnest($1::bigint[]) WITH ORDINALITY AS w (on_id, place), LATERAL (
    SELECT task, on_id, done FROM dependencies
    WHERE on_id = w.on_id AND tenant = $2 AND NOT done ORDER BY task LIMIT $3
) AS d ORDER BY w.place, d.task LIMIT $3;

-- name: blocked_by
SELECT t.id, t.status, t.text
FROM dependencies AS d JOIN tasks AS t ON t.id = d.on_id
WHERE d.task = $1 AND NOT d.done ORDER BY d.on_id LIMIT 100;

-- name: ahead
SELECT count(*) FROM (
    SELECT 1 FROM lanes AS l, LATERAL (
        SELECT 1 FROM ready AS r
        WHERE r.lane = l.id AND (r.rank, r.task) < ($2, $3) LIMIT 1000
    ) AS r WHERE l.tenant = $1 LIMIT 1000
) AS counted;

-- name: stats
SELECT coalesce(sum(c.n[1]), 0)::bigint, coalesce(sum(c.n[2]), 0)::bigint,
    coalesce(sum(c.n[3]), 0)::bigint, coalesce(sum(c.n[4]), 0)::bigint,
    coalesce(sum(c.n[5]), 0)::bigint, coalesce(sum(c.n[6]), 0)::bigint,
    coalesce(sum(c.n[7]), 0)::bigint
FROM (
    SELECT n FROM counts WHERE tenant = $1 AND project = $2
    UNION ALL
    SELECT by::bigint[] FROM count_changes
    WHERE tenant = $1 AND project = $2 AND seq > coalesce(
        (SELECT upto FROM counts WHERE tenant = $1 AND project = $2), 0)
) AS c (n);

-- name: totals
SELECT coalesce(sum(c.n[1]), 0)::bigint, coalesce(sum(c.n[2]), 0)::bigint,
    coalesce(sum(c.n[3]), 0)::bigint, coalesce(sum(c.n[4]), 0)::bigint,
    coalesce(sum(c.n[5]), 0)::bigint, coalesce(sum(c.n[6]), 0)::bigint,
    coalesce(sum(c.n[7]), 0)::bigint
FROM tenants AS t, LATERAL (
    SELECT n FROM counts WHERE tenant = t.id AND project = ''
    UNION ALL
    SELECT by::bigint[] FROM count_changes
    WHERE tenant = t.id AND project = '' AND seq > coalesce(
        (SELECT upto FROM counts WHERE tenant = t.id AND project = ''), 0)
) AS c (n);

-- name: projects
-- From one name to the next, whether it has counts already or only changes of them.
WITH RECURSIVE w (project, place) AS (
    SELECT $2::text COLLATE "C", 0
    UNION ALL
    SELECT least(
        (SELECT c.project FROM counts AS c
            WHERE c.tenant = $1 AND c.project > w.project ORDER BY c.project LIMIT 1),
        (SELECT x.project FROM count_changes AS x
            WHERE x.tenant = $1 AND x.project > w.project ORDER BY x.project LIMIT 1)
    ), w.place + 1
    FROM w WHERE w.project IS NOT NULL AND w.place < $3::bigint
)
SELECT w.project, coalesce(sum(c.n[1]), 0)::bigint, coalesce(sum(c.n[2]), 0)::bigint,
    coalesce(sum(c.n[3]), 0)::bigint, coalesce(sum(c.n[4]), 0)::bigint,
    coalesce(sum(c.n[5]), 0)::bigint, coalesce(sum(c.n[6]), 0)::bigint,
    coalesce(sum(c.n[7]), 0)::bigint
FROM w, LATERAL (
    SELECT n FROM counts WHERE tenant = $1 AND project = w.project
    UNION ALL
    SELECT by::bigint[] FROM count_changes
    WHERE tenant = $1 AND project = w.project AND seq > coalesce(
        (SELECT upto FROM counts WHERE tenant = $1 AND project = w.project), 0)
) AS c (n)
WHERE w.place > 0 GROUP BY w.project ORDER BY w.project;

-- name: role_queues
WITH RECURSIVE w (lane, n) AS (
    (SELECT lane, 1 FROM ready ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (SELECT r.lane FROM ready AS r WHERE r.lane > w.lane ORDER BY r.lane LIMIT 1), w.n + 1
    FROM w WHERE w.lane IS NOT NULL AND w.n < $1::bigint
)
SELECT l.roles, c.n FROM w JOIN lanes AS l ON l.id = w.lane, LATERAL (
    SELECT count(*) FROM (SELECT 1 FROM ready AS r WHERE r.lane = w.lane LIMIT $1::bigint) AS r
) AS c (n);

-- name: servers
SELECT id, name, version, seen_at FROM servers WHERE seen_at > $1 ORDER BY seen_at DESC LIMIT $2;

-- name: oldest_ready
SELECT created_at FROM tasks WHERE tenant = $1 AND status = 0 AND phase = 1 ORDER BY id LIMIT 1;

-- name: oldest_ready_of_project
SELECT created_at FROM tasks
WHERE tenant = $1 AND project = $2 AND status = 0 AND phase = 1 ORDER BY id LIMIT 1;

-- name: attachments_of
SELECT id, task, key, kind, created_by, created_at, updated_at, mime_type, size, url, value, content
FROM attachments
WHERE task = $1 AND tenant = $2 AND ($3::bigint IS NULL OR kind = $3)
ORDER BY id LIMIT $4 OFFSET $5;

-- name: count_attachments
SELECT count(*) FROM attachments
WHERE task = $1 AND tenant = $2 AND ($3::bigint IS NULL OR kind = $3);

-- name: attachments_named
SELECT a.id, a.task, a.key, a.kind, a.created_by, a.created_at, a.updated_at, a.mime_type, a.size,
    a.url, a.value, a.content
FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w (task, key, place)
JOIN attachments AS a ON a.task = w.task AND a.key = w.key
WHERE a.task = ANY ($1) AND a.tenant = $3 ORDER BY w.place;

-- name: event_bounds
SELECT dropped.place, coalesce((SELECT max(seq) FROM events), dropped.place)
FROM (SELECT place FROM marks WHERE name = 'events') AS dropped;

-- name: events_after
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload,
    session
FROM events WHERE seq > $1 ORDER BY seq LIMIT $2;

-- name: events_before
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload,
    session
FROM events WHERE seq < $1 ORDER BY seq DESC LIMIT $2;

-- name: session_events_after
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload,
    session
FROM events WHERE tenant = $1 AND session = $2 AND session IS NOT NULL AND seq > $3
ORDER BY seq LIMIT $4;

-- name: session_events_before
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload,
    session
FROM events WHERE tenant = $1 AND session = $2 AND session IS NOT NULL AND seq < $3
ORDER BY seq DESC LIMIT $4;

-- name: session
SELECT tenant, id, instance, started_at, seen_at, ended_at, events, state
FROM sessions WHERE tenant = $1 AND id = $2;

-- name: sessions
SELECT tenant, id, instance, started_at, seen_at, ended_at, events, state
FROM sessions WHERE tenant = $1 AND seen_at <= $2 ORDER BY seen_at DESC, id LIMIT $3;

-- name: events_of
-- What happened to a task lies behind its id, unless its events got their places elsewhere.
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload,
    session
FROM events
WHERE task = $1 AND tenant = $2 AND seq > $3 AND version > $4 AND seq >= CASE
    WHEN $1 <= (SELECT place FROM marks WHERE name = 'carried') THEN 0 ELSE ($1 >> 20) << 20 END
ORDER BY version LIMIT $5;

-- name: events_of_backwards
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload,
    session
FROM events
WHERE task = $1 AND tenant = $2 AND seq < $3 AND version < $4 AND seq >= CASE
    WHEN $1 <= (SELECT place FROM marks WHERE name = 'carried') THEN 0 ELSE ($1 >> 20) << 20 END
ORDER BY version DESC LIMIT $5;

-- name: instances
SELECT tenant, id, roles, metadata, online, registered_at, seen_at
FROM instances WHERE $1::bigint IS NULL OR tenant = $1 ORDER BY tenant, id;

-- name: offline_instances
SELECT id FROM instances WHERE tenant = $1 AND NOT online ORDER BY id LIMIT $2;

-- name: instance_ids
SELECT id FROM instances WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- name: instances_holding
SELECT i.tenant, i.id, i.roles, i.metadata, i.online, i.registered_at, i.seen_at, l.n
FROM unnest($2::text[]) WITH ORDINALITY AS w (id, place)
JOIN instances AS i ON i.tenant = $1 AND i.id = w.id, LATERAL (
    SELECT count(*) FROM (
        SELECT 1 FROM leases AS l WHERE l.tenant = $1 AND l.worker = w.id LIMIT $3
    ) AS l
) AS l (n) ORDER BY w.place;

-- name: instances_named
SELECT i.tenant, i.id, i.roles, i.metadata, i.online, i.registered_at, i.seen_at
FROM unnest($2::text[]) WITH ORDINALITY AS w (id, place)
JOIN instances AS i ON i.tenant = $1 AND i.id = w.id ORDER BY w.place;

-- name: instances_heard
SELECT i.tenant, i.id, i.roles, i.seen_at
FROM unnest($1::bigint[], $2::text[]) AS w (tenant, id)
JOIN instances AS i ON i.tenant = w.tenant AND i.id = w.id WHERE i.online;

-- name: config
SELECT value FROM config WHERE tenant = $1 AND key = $2;

-- name: config_page
SELECT key, value FROM config WHERE tenant = $1 AND key > $2 ORDER BY key LIMIT $3;

-- name: pauses
SELECT scope, reason, until, paused_at, paused_by
FROM pauses WHERE tenant = $1 AND (until IS NULL OR until > $2) ORDER BY paused_at, scope;

-- name: keys
SELECT k.id, k.tenant, t.name, k.name, k.hash, k.scopes, k.created_at, k.expires_at
FROM keys AS k JOIN tenants AS t ON t.id = k.tenant
WHERE $1::bigint IS NULL OR k.tenant = $1 ORDER BY k.created_at, k.id;

-- name: ended_logins
SELECT login FROM ended_logins WHERE tenant = $1 AND login = ANY ($2);

-- name: words_tail
SELECT t.id, t.text FROM (
    SELECT DISTINCT task FROM events
    WHERE seq > (SELECT place FROM marks WHERE name = 'words') AND tenant = $1
        AND kind IN ('task.created', 'task.updated')
    ORDER BY task DESC LIMIT $2
) AS e JOIN tasks AS t ON t.id = e.task WHERE t.tenant = $1 ORDER BY t.id DESC;

-- name: health
WITH RECURSIVE lanes (lane, n) AS (
    (SELECT lane, 1 FROM ready ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (SELECT r.lane FROM ready AS r WHERE r.lane > l.lane ORDER BY r.lane LIMIT 1), l.n + 1
    FROM lanes AS l WHERE l.lane IS NOT NULL AND l.n < 10000
)
SELECT coalesce((SELECT seq FROM events ORDER BY seq DESC LIMIT 1), 0),
    coalesce((SELECT seq FROM events ORDER BY seq LIMIT 1), 0), (SELECT count(*) FROM leases),
    (SELECT count(lane) FROM lanes), pg_database_size(current_database());
