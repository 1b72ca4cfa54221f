-- Sessions of agents, and which events belong to them.
ALTER TABLE events ADD COLUMN session text;

CREATE TABLE sessions (
    tenant bigint NOT NULL, id text COLLATE "C" NOT NULL, instance text NOT NULL, started_at bigint NOT NULL,
    seen_at bigint NOT NULL, ended_at bigint, events bigint NOT NULL,
    -- what it needs to go on: JSON
    state text NOT NULL, PRIMARY KEY (tenant, id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX sessions_by_end ON sessions (seen_at);
CREATE INDEX sessions_of_tenant ON sessions (tenant, seen_at);
