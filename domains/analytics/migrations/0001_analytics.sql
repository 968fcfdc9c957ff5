-- What is counted, by the hour in which a ticket came in: one row holds what is known of up to 256 of its tickets, packed.
-- All of it is derived from the journal and can be thrown away; see docs/decisions/19.
CREATE TABLE analytics_packs (
  -- hours since 1970
  hour BIGINT NOT NULL,
  part BIGINT NOT NULL,
  -- how many tickets
  tickets BIGINT NOT NULL,
  -- seconds since 1970: the last moment that a figure of one of them belongs to
  last_at BIGINT NOT NULL,
  has_open BOOLEAN NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (hour, part)
);
CREATE INDEX analytics_packs_by_last ON analytics_packs (last_at, hour);
CREATE INDEX analytics_packs_open ON analytics_packs (hour, part) WHERE has_open = TRUE;

-- Which row a ticket stands in.
CREATE TABLE analytics_places (
  ticket_id UUID NOT NULL PRIMARY KEY,
  hour BIGINT NOT NULL,
  part BIGINT NOT NULL
);

-- Numbers for teams, people, tags and words; within the packs they take a byte or two instead of sixteen.
CREATE TABLE analytics_names (
  code BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (kind, name)
);
