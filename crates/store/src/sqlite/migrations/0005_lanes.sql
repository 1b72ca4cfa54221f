-- What waits for its time or for other tasks has its lane from the start, so that each lane counts
-- while it has tasks. Those that wait already get theirs when they are ready.
CREATE INDEX tasks_waiting ON tasks (lane) WHERE phase > 1;
