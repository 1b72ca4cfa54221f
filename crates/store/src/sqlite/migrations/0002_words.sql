-- The program splits texts into words, for the index as for what is not in it yet: it is fed words
-- with spaces between them, and this tokenizer takes each as it is. The one before split some
-- scripts where the program does not, and could not be asked for such a word. What is in the index
-- is put in anew, in quiet moments.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    text, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
UPDATE search_state SET upto = 0;
