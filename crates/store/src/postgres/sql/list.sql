-- Lists are put together from these parts; {names} stand for parameters. One that an index has in
-- order is taken from the source of its filter, or from one source for each kind of task. Each source
-- ends by itself: PostgreSQL does not merge them by their order when they are divided into months. For
-- any other list it chooses what it walks over, and sorts.

-- name: explain
-- Of any statement: how it would be run, and what that is thought to cost.
EXPLAIN

-- name: reach_asc
AND id > {place} ORDER BY id LIMIT {upto}

-- name: reach_desc
AND id < {place} ORDER BY id DESC LIMIT {upto}

-- name: union_all
UNION ALL

-- name: quick_begin
SELECT id FROM (

-- name: quick_asc
) AS b ORDER BY id LIMIT {limit} OFFSET {offset}

-- name: quick_desc
) AS b ORDER BY id DESC LIMIT {limit} OFFSET {offset}

-- name: kinds_of_tenant
SELECT id FROM tasks WHERE tenant = {tenant} AND

-- name: kinds_of_project
SELECT id FROM tasks WHERE tenant = {tenant} AND project = {project} AND

-- name: kind_ready
status = 0 AND phase = 1

-- name: kind_scheduled
status = 0 AND phase = 2

-- name: kind_blocked
status = 0 AND phase = 3

-- name: kind_in_progress
status = 1 AND phase = 0

-- name: kind_completed
status = 2 AND phase = 0

-- name: kind_failed
status = 3 AND phase = 0

-- name: kind_cancelled
status = 4 AND phase = 0

-- name: of_tenant
SELECT id FROM tasks WHERE tenant = {tenant}

-- name: of_status
SELECT id FROM tasks WHERE tenant = {tenant} AND status = {status}

-- name: of_assignee
SELECT id FROM tasks WHERE tenant = {tenant} AND assigned_to = {assignee}

-- name: of_project
SELECT id FROM tasks WHERE tenant = {tenant} AND project = {project}

-- name: of_tag
SELECT id FROM labels AS l (id) WHERE tenant = {tenant} AND kind = 0 AND name = {tag}

-- name: of_role
SELECT id FROM labels AS l (id) WHERE tenant = {tenant} AND kind = 1 AND name = {role}

-- name: of_parent
SELECT id FROM tasks WHERE parent = {parent} AND tenant = {tenant}

-- name: of_words
SELECT id FROM words AS w (id) WHERE words @@ {words}::tsquery AND id <> ALL ({looked})
UNION ALL
SELECT unnest({matched})

-- name: by_status
t.status = {status}

-- name: by_not_failed
t.status <> 3

-- name: by_assignee
t.assigned_to = {assignee}

-- name: by_priority
t.priority = {priority}

-- name: by_project
t.project = {project}

-- name: by_tag
EXISTS (SELECT 1 FROM labels AS l
    WHERE l.tenant = {tenant} AND l.kind = 0 AND l.name = {tag} AND l.task = t.id)

-- name: by_role
EXISTS (SELECT 1 FROM labels AS l
    WHERE l.tenant = {tenant} AND l.kind = 1 AND l.name = {role} AND l.task = t.id)

-- name: by_parent
t.parent = {parent}

-- name: by_words
t.id IN (SELECT id FROM words AS w (id) WHERE words @@ {words}::tsquery AND id <> ALL ({looked})
    UNION ALL SELECT unnest({matched}))

-- name: sorted
SELECT t.id,

-- name: walk
FROM tasks AS t WHERE t.tenant = {tenant}

-- name: after_asc
 > ({after_value}, {place})

-- name: after_desc
 < ({after_value}, {place})

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
LIMIT {limit} OFFSET {offset}

-- name: count_begin
SELECT count(*) FROM (

-- name: count_end
LIMIT 10001) AS c

-- name: look_begin
SELECT count(*), count(*) FILTER (WHERE t.tenant = {tenant}

-- name: look_among
) FROM (

-- name: look_end
LIMIT 10001) AS c JOIN tasks AS t ON t.id = c.id
