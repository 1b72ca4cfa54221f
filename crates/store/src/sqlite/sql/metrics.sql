-- The figures of dashboards.

-- name: counted
SELECT version, generation, upto, at, redo_upto, since, clearing, gaps FROM counted;

-- name: put_counted
UPDATE counted SET version = ?, generation = ?, upto = ?, at = ?, redo_upto = ?, since = ?, clearing = ?,
    gaps = ?
WHERE one = 1;

-- name: metric
SELECT count, valued, sum, first, last, buckets FROM task_metrics
WHERE tenant = ? AND span = ? AND name = ? AND start = ?;

-- name: put_metric
INSERT OR REPLACE INTO task_metrics (
    tenant, span, name, start, count, valued, sum, first, last, buckets
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: worker_metric
SELECT started, completed, failed, returned, lost, worked, worked_ms, first, last
FROM worker_metrics WHERE tenant = ? AND day = ? AND worker = ?;

-- name: put_worker_metric
INSERT OR REPLACE INTO worker_metrics (
    tenant, day, worker, started, completed, failed, returned, lost, worked, worked_ms, first, last
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: clear_metrics
DELETE FROM task_metrics WHERE (tenant, span, name, start) IN (
    SELECT tenant, span, name, start FROM task_metrics WHERE span = ? AND start >= ? LIMIT ?);

-- name: clear_worker_metrics
DELETE FROM worker_metrics WHERE (tenant, day, worker) IN (
    SELECT tenant, day, worker FROM worker_metrics WHERE day >= ? LIMIT ?);

-- name: drop_metrics
DELETE FROM task_metrics WHERE (tenant, span, name, start) IN (
    SELECT tenant, span, name, start FROM task_metrics WHERE span = ? AND start < ? LIMIT ?);

-- name: drop_worker_metrics
DELETE FROM worker_metrics WHERE (tenant, day, worker) IN (
    SELECT tenant, day, worker FROM worker_metrics WHERE day < ? LIMIT ?);

-- name: metrics
SELECT start, name, count, valued, sum, first, last, buckets FROM task_metrics
WHERE tenant = ? AND span = ? AND name = ? AND start >= ? AND start < ? ORDER BY start;

-- name: top_workers
SELECT worker, sum(started), sum(completed) AS done, sum(failed), sum(returned), sum(lost), sum(worked),
    sum(worked_ms), min(first), max(last)
FROM worker_metrics WHERE tenant = ? AND day >= ? AND day < ? AND worker <> ''
GROUP BY worker ORDER BY done DESC, worker LIMIT ?;

-- name: all_workers
SELECT count(DISTINCT nullif(worker, '')), coalesce(sum(started), 0), coalesce(sum(completed), 0),
    coalesce(sum(failed), 0), coalesce(sum(returned), 0), coalesce(sum(lost), 0),
    coalesce(sum(worked), 0), coalesce(sum(worked_ms), 0), coalesce(min(first), 0),
    coalesce(max(last), 0)
FROM worker_metrics WHERE tenant = ? AND day >= ? AND day < ?;
