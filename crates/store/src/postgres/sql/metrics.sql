-- The figures of dashboards.

-- name: counted
SELECT version, generation, upto, at, redo_upto, since, clearing, gaps FROM counted;

-- name: metrics
SELECT start, name, count, valued, sum, first, last, buckets FROM task_metrics
WHERE tenant = $1 AND span = $2 AND name = ANY($3) AND start >= $4 AND start < $5
ORDER BY start, name;

-- name: top_workers
SELECT worker, sum(started)::bigint, sum(completed)::bigint AS done, sum(failed)::bigint,
    sum(returned)::bigint, sum(lost)::bigint, sum(worked)::bigint, sum(worked_ms)::bigint, min(first),
    max(last)
FROM worker_metrics WHERE tenant = $1 AND day >= $2 AND day < $3 AND worker <> ''
GROUP BY worker ORDER BY done DESC, worker LIMIT $4;

-- name: all_workers
SELECT count(DISTINCT nullif(worker, '')), coalesce(sum(started), 0)::bigint,
    coalesce(sum(completed), 0)::bigint, coalesce(sum(failed), 0)::bigint,
    coalesce(sum(returned), 0)::bigint, coalesce(sum(lost), 0)::bigint, coalesce(sum(worked), 0)::bigint,
    coalesce(sum(worked_ms), 0)::bigint, coalesce(min(first), 0), coalesce(max(last), 0)
FROM worker_metrics WHERE tenant = $1 AND day >= $2 AND day < $3;

-- name: lock_counted
SELECT version, generation, upto, at, redo_upto, since, clearing, gaps FROM counted FOR UPDATE;

-- name: put_counted
UPDATE counted SET version = $1, generation = $2, upto = $3, at = $4, redo_upto = $5, since = $6,
    clearing = $7, gaps = $8
WHERE one = 1;

-- name: metrics_named
SELECT w.place, m.count, m.valued, m.sum, m.first, m.last, m.buckets
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY
    AS w (tenant, span, name, start, place)
JOIN task_metrics AS m
    ON m.tenant = w.tenant AND m.span = w.span AND m.name = w.name AND m.start = w.start;

-- name: workers_named
SELECT w.place, m.started, m.completed, m.failed, m.returned, m.lost, m.worked, m.worked_ms, m.first,
    m.last
FROM unnest($1::bigint[], $2::bigint[], $3::text[]) WITH ORDINALITY AS w (tenant, day, worker, place)
JOIN worker_metrics AS m ON m.tenant = w.tenant AND m.day = w.day AND m.worker = w.worker;

-- name: put_metrics
INSERT INTO task_metrics (
    tenant, span, name, start, count, valued, sum, first, last, buckets)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
    $7::bigint[], $8::bigint[], $9::bigint[], $10::text[])
ON CONFLICT (tenant, span, name, start) DO UPDATE SET
    count = excluded.count, valued = excluded.valued, sum = excluded.sum, first = excluded.first,
    last = excluded.last, buckets = excluded.buckets;

-- name: put_workers
INSERT INTO worker_metrics (
    tenant, day, worker, started, completed, failed, returned, lost, worked, worked_ms, first, last)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
    $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
ON CONFLICT (tenant, day, worker) DO UPDATE SET
    started = excluded.started, completed = excluded.completed, failed = excluded.failed,
    returned = excluded.returned, lost = excluded.lost, worked = excluded.worked,
    worked_ms = excluded.worked_ms, first = excluded.first, last = excluded.last;

-- name: clear_metrics
WITH m AS (
    DELETE FROM task_metrics AS t USING (
        SELECT tenant, span, name, start FROM task_metrics
        WHERE span IN (0, 1, 2) AND start >= $1 LIMIT $2
    ) AS old
    WHERE t.tenant = old.tenant AND t.span = old.span AND t.name = old.name AND t.start = old.start
    RETURNING 1
), w AS (
    DELETE FROM worker_metrics AS t USING (
        SELECT tenant, day, worker FROM worker_metrics
        WHERE day >= $1 LIMIT $2 - (SELECT count(*) FROM m)
    ) AS old
    WHERE t.tenant = old.tenant AND t.day = old.day AND t.worker = old.worker RETURNING 1
)
SELECT (SELECT count(*) FROM m) + (SELECT count(*) FROM w);

-- name: drop_metrics
DELETE FROM task_metrics AS t USING (
    SELECT tenant, span, name, start FROM task_metrics
    WHERE span = $3 AND start < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old
WHERE t.tenant = old.tenant AND t.span = old.span AND t.name = old.name AND t.start = old.start;

-- name: drop_workers
DELETE FROM worker_metrics AS t USING (
    SELECT tenant, day, worker FROM worker_metrics
    WHERE day < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
) AS old WHERE t.tenant = old.tenant AND t.day = old.day AND t.worker = old.worker;
