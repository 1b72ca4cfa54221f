-- Sessions of people that have ended, by what servers know them, which nobody can use.
CREATE TABLE ended_logins (tenant bigint NOT NULL, login text COLLATE "C" NOT NULL, at bigint NOT NULL, PRIMARY KEY (tenant, login));
CREATE INDEX ended_logins_by_age ON ended_logins (at);
