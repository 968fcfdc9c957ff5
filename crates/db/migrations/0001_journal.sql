-- The journal. On PostgreSQL `xid` stands before `seq`, so that a transaction has its id before it draws a number.
CREATE TABLE events (
  -- postgres: xid XID8 NOT NULL DEFAULT pg_current_xact_id(),
  -- postgres: seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- sqlite: seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id UUID NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id UUID,
  actor_name TEXT NOT NULL,
  staff_only BOOLEAN NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX events_subject ON events (subject_id, seq);

CREATE TABLE readers (
  name TEXT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL
);

-- Counters of SQLite; PostgreSQL has sequences.
CREATE TABLE sequences (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);
