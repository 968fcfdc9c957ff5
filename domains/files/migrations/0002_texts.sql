-- The words within files, read once for all nodes.
CREATE TABLE file_texts (
  file_id UUID NOT NULL PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  words TEXT NOT NULL
);
