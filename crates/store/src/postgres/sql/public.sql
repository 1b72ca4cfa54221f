-- The tables of a public ClaudeBench, which this program reads and never writes. Rows come as JSON: a
-- column more or less is no error.

-- name: begin
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- name: has_table
SELECT to_regclass(format('%I', $1)) IS NOT NULL;

-- name: tasks
SELECT t."id", row_to_json(t)::text
FROM "Task" t
WHERE t."id" > $1
ORDER BY t."id"
LIMIT 1000;

-- name: attachments
SELECT a."id", row_to_json(a)::text
FROM "TaskAttachment" a
WHERE a."id" > $1
ORDER BY a."id"
LIMIT 100;

-- name: subtasks
SELECT s."id", row_to_json(s)::text
FROM "SwarmSubtask" s
WHERE s."id" > $1
ORDER BY s."id"
LIMIT 1000;

-- name: projects
SELECT count(*) FROM "SwarmProject";

-- name: sessions
SELECT count(*) FROM "SessionEvent";
