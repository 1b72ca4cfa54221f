-- Room in a task's row for what a claim and a completion add to it, given back by these. New rows
-- fill their page to its end: if they grew, each page would be split.
ALTER TABLE tasks ADD COLUMN room BLOB;
