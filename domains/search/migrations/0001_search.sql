-- What was searched for, without who: the base of the report of gaps.
CREATE TABLE searches (
  id UUID NOT NULL PRIMARY KEY,
  -- the hour
  at BIGINT NOT NULL,
  query TEXT NOT NULL,
  language TEXT NOT NULL,
  hits BIGINT NOT NULL,
  by_staff BOOLEAN NOT NULL,
  is_clicked BOOLEAN NOT NULL,
  -- by a request of the same person within half an hour
  is_followed BOOLEAN NOT NULL
);
CREATE INDEX searches_by_time ON searches (at, query);

-- One row: what staff wrote down.
CREATE TABLE search_tuning (
  id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  -- a line a group, its words parted by commas
  synonyms TEXT NOT NULL,
  -- a line a query: the query, an equals sign, the addresses of what comes first
  pins TEXT NOT NULL,
  version BIGINT NOT NULL
);
INSERT INTO search_tuning (id, synonyms, pins, version) VALUES (1, '', '', 1);
