-- The step of `tasks.aging_step_ms` by which the ranks of the ready tasks were computed; and while
-- they are computed anew, how far that has come: to this task of this tenant. How it was before is
-- not known, so it is done once.
CREATE TABLE ranks (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    step_ms INTEGER,
    tenant  INTEGER,
    upto    INTEGER
);
INSERT INTO ranks VALUES (1, NULL, NULL, NULL);
