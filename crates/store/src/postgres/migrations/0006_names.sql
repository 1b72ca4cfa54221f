-- Projects and keys of the configuration are listed by their names: in the order of their bytes, as other
-- names are. This makes the indexes of three small tables anew.
ALTER TABLE counts ALTER COLUMN project TYPE text COLLATE "C";
ALTER TABLE count_changes ALTER COLUMN project TYPE text COLLATE "C";
ALTER TABLE config ALTER COLUMN key TYPE text COLLATE "C";
