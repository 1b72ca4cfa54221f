-- With the phase of a pending task, each kind of task is a part of these indexes, in the order of
-- the ids: the oldest ready task of a tenant or a project is one step away, whatever waits before it.
DROP INDEX tasks_by_status;
CREATE INDEX tasks_by_status ON tasks (tenant, status, phase);
DROP INDEX tasks_by_project;
CREATE INDEX tasks_by_project ON tasks (tenant, project, status, phase) WHERE project IS NOT NULL;

-- Words come in one form now, however they were typed. What is in the index is put in anew, in quiet
-- moments.
INSERT INTO search (search) VALUES ('delete-all');
UPDATE search_state SET upto = 0;
