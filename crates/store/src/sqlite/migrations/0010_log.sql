-- What the log's places do not say themselves: up to which of them events were dropped, and how many
-- behind that have no event. A log that was begun elsewhere has such gaps.
CREATE TABLE log (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    dropped INTEGER NOT NULL,
    gaps    INTEGER NOT NULL
);
INSERT INTO log SELECT 1, coalesce(min(seq) - 1, 0), 0 FROM events;
