-- Sessions of people that have ended.
CREATE TABLE ended_logins (
    tenant INTEGER NOT NULL,
    -- by what servers know it, which nobody can use
    login  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (tenant, login)
) WITHOUT ROWID;
CREATE INDEX ended_logins_by_age ON ended_logins (at);
