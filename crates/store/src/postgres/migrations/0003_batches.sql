-- Each commit leaves a row, by which its server knows it again when its answer was lost. The number of
-- a transaction does not do: after a crash the database gives numbers anew of which nothing had
-- reached the disk.
ALTER TABLE news ADD COLUMN batch bigint;
