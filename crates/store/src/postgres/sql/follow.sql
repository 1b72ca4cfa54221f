-- What other servers have committed.

-- name: listen
LISTEN claudebench;

-- name: events
SELECT seq, tenant, kind, at, task, version, attempt, actor, project, traceparent, payload,
    session
FROM events WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3;

-- name: here
INSERT INTO servers (id, name, version, seen_at)
VALUES ($1, inet_client_addr()::text || ':' || inet_client_port()::text, $2, $3)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at;

-- name: history
-- What is another one when all was put back from elsewhere, for which the database is stopped.
SELECT (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
    'tasks'::regclass::oid::bigint,
    (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint;

-- name: newest_upto
SELECT seq FROM events WHERE seq <= $1 ORDER BY seq DESC LIMIT 1;

-- name: room
-- Whether there is room for more.
CREATE TEMPORARY TABLE claudebench_room ON COMMIT DROP AS
SELECT repeat('x', 1000) FROM generate_series(1, 200);

-- name: ready
-- Of each lane that has some: the first rank, and one task.
WITH RECURSIVE lanes (lane, n) AS (
    (SELECT lane, 1 FROM ready ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (SELECT r.lane FROM ready AS r WHERE r.lane > l.lane ORDER BY r.lane LIMIT 1), l.n + 1
    FROM lanes AS l WHERE l.lane IS NOT NULL AND l.n < 1000
)
SELECT lane, 0::bigint, 1::bigint FROM lanes WHERE lane IS NOT NULL;
