-- What was moved to files: a row for each of them. A file that has its name does not change any more.
CREATE TABLE archives (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE,
    -- ended tasks (0), or a part of the log (1)
    kind smallint NOT NULL,
    -- ids of tasks, or places
    first bigint NOT NULL, last bigint NOT NULL,
    -- tasks or events; attachments
    rows bigint NOT NULL, attachments bigint NOT NULL,
    bytes bigint NOT NULL, digest bytea NOT NULL, at bigint NOT NULL,
    -- the tasks that it answers for: those that were put back are not among them
    tasks bigint[] NOT NULL
);
CREATE INDEX archives_of_task ON archives USING gin (tasks) WITH (fastupdate = off);
CREATE INDEX archives_by_first ON archives (kind, first);

-- Tasks that were put back, and when: they stay for as long again.
CREATE TABLE restored (task bigint PRIMARY KEY, at bigint NOT NULL);

-- The place in the log up to which events are in files.
INSERT INTO marks VALUES ('archived', 0);

-- Drops a month of tasks in which there are none; says whether it did. Nobody writes there meanwhile.
CREATE FUNCTION drop_empty_month(month text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    part text;
    found boolean;
BEGIN
    FOREACH part IN ARRAY ARRAY['tasks_', 'attachments_', 'labels_'] LOOP
        EXECUTE format('LOCK TABLE %I IN SHARE MODE', part || month);
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', part || month) INTO found;
        IF found THEN
            RETURN false;
        END IF;
    END LOOP;
    FOREACH part IN ARRAY ARRAY['tasks_', 'attachments_', 'labels_', 'words_'] LOOP
        EXECUTE format('DROP TABLE %I', part || month);
    END LOOP;
    RETURN true;
END $$;

-- Puts rows into a table. Columns that have come since the rows were written get their defaults.
CREATE FUNCTION put_rows(whole text, rows json) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    columns text := (SELECT string_agg(quote_ident(name), ', ') FROM json_object_keys(rows -> 0) AS name);
BEGIN
    EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM json_populate_recordset(NULL::%I, $1)',
        whole, columns, columns, whole) USING rows;
END $$;
