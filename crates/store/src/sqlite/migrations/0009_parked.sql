-- What is parked on an instance, without all that it has done.

CREATE INDEX tasks_parked ON tasks (tenant, assigned_to) WHERE status = 0 AND assigned_to IS NOT NULL;
