-- Lists by kind, by project and by assignee look in blocks: 64 ids that follow each other. A batch
-- moves many tasks of the same few blocks, and changes a number in each of these instead of an
-- entry of an index for each task.

-- How many tasks of a kind a block has. Kinds are numbered as the columns of `counts` stand;
-- project '' is the whole tenant.
CREATE TABLE kinds (
    tenant  INTEGER NOT NULL,
    project TEXT NOT NULL,
    kind    INTEGER NOT NULL,
    block   INTEGER NOT NULL,
    tasks   INTEGER NOT NULL,
    PRIMARY KEY (tenant, project, kind, block)
) WITHOUT ROWID;
INSERT INTO kinds
SELECT tenant, '', CASE status WHEN 0 THEN phase - 1 ELSE status + 2 END, id >> 6, count(*)
FROM tasks GROUP BY 1, 2, 3, 4;
INSERT INTO kinds
SELECT tenant, project, CASE status WHEN 0 THEN phase - 1 ELSE status + 2 END, id >> 6, count(*)
FROM tasks WHERE project IS NOT NULL GROUP BY 1, 2, 3, 4;

-- How many tasks of a block an instance has or had: those that name it.
CREATE TABLE assigned (
    tenant   INTEGER NOT NULL,
    instance TEXT NOT NULL,
    block    INTEGER NOT NULL,
    tasks    INTEGER NOT NULL,
    PRIMARY KEY (tenant, instance, block)
) WITHOUT ROWID;
INSERT INTO assigned
SELECT tenant, assigned_to, id >> 6, count(*)
FROM tasks WHERE assigned_to IS NOT NULL GROUP BY 1, 2, 3;

-- The tasks of a kind, of a tenant or of one of its projects. By block, then by id, is by id.
CREATE VIEW tasks_of_kind AS
SELECT t.id, k.tenant, k.project, k.kind, k.block
FROM kinds AS k CROSS JOIN tasks AS t ON t.id BETWEEN k.block << 6 AND (k.block << 6) + 63
WHERE t.tenant = k.tenant AND (k.project = '' OR t.project = k.project)
    AND CASE t.status WHEN 0 THEN t.phase - 1 ELSE t.status + 2 END = k.kind;

CREATE VIEW tasks_of_assignee AS
SELECT t.id, a.tenant, a.instance, a.block
FROM assigned AS a CROSS JOIN tasks AS t ON t.id BETWEEN a.block << 6 AND (a.block << 6) + 63
WHERE t.tenant = a.tenant AND t.assigned_to = a.instance;

DROP INDEX tasks_by_status;
DROP INDEX tasks_by_project;
DROP INDEX tasks_by_assignee;
