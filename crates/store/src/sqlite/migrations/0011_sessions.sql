-- Sessions of agents, and which events belong to them.
ALTER TABLE events ADD COLUMN session TEXT;
CREATE INDEX events_of_session ON events (tenant, session, seq) WHERE session IS NOT NULL;

CREATE TABLE sessions (
    tenant     INTEGER NOT NULL,
    id         TEXT NOT NULL,
    instance   TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    ended_at   INTEGER,
    events     INTEGER NOT NULL,
    -- what it needs to go on: JSON
    state      TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX sessions_by_end ON sessions (seen_at);
CREATE INDEX sessions_of_tenant ON sessions (tenant, seen_at);
