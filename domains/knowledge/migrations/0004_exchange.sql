-- Of the page that an article was imported from: one that did not change is passed over.
ALTER TABLE articles ADD COLUMN import_digest TEXT;

-- An import that somebody asked for on a page: its file waits in the store of files.
CREATE TABLE knowledge_imports (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  person_id UUID NOT NULL REFERENCES people (id),
  is_dry BOOLEAN NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('WAITING', 'RUNNING', 'DONE', 'FAILED')),
  -- why it failed
  words TEXT,
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  added BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  same BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX knowledge_imports_by_time ON knowledge_imports (created_at, id);

-- What became of each file.
CREATE TABLE knowledge_import_lines (
  import_id UUID NOT NULL REFERENCES knowledge_imports (id),
  number BIGINT NOT NULL,
  path TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('ADDED', 'CHANGED', 'SAME', 'PASSED', 'REFUSED')),
  words TEXT NOT NULL,
  PRIMARY KEY (import_id, number)
);
