-- A ticket of which others are children: one update goes to all of them.
CREATE TABLE incidents (
  ticket_id UUID NOT NULL PRIMARY KEY REFERENCES tickets (id) ON DELETE CASCADE,
  -- what customers read of it on the request form; none: nothing
  public_title TEXT,
  opened_by TEXT NOT NULL,
  opened_at BIGINT NOT NULL
);

-- An update: the same reply to every child, given a few at a time.
CREATE TABLE incident_updates (
  id UUID NOT NULL PRIMARY KEY,
  -- stays when the ticket is an incident no more
  ticket_id UUID NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  -- in whose name, with whose rights
  person_id UUID NOT NULL REFERENCES people (id),
  person_name TEXT NOT NULL,
  -- Markdown, as written
  source TEXT NOT NULL,
  -- set with it in each child; none: each keeps its own
  status TEXT,
  state TEXT NOT NULL CHECK (state IN ('RUNNING', 'DONE')),
  total BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  missed BIGINT NOT NULL,
  -- how far it is; items up to here are behind it
  position BIGINT NOT NULL,
  -- the last sign of life of whoever works on it
  beat_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX incident_updates_of ON incident_updates (ticket_id, created_at, id);
CREATE INDEX incident_updates_at_work ON incident_updates (beat_at) WHERE state = 'RUNNING';

CREATE TABLE incident_update_items (
  update_id UUID NOT NULL REFERENCES incident_updates (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  ticket_id UUID NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('WAITING', 'SENT', 'MISSED')),
  -- in words for people: why not, or what of it not
  reason TEXT,
  -- the reply it got
  message_id UUID,
  PRIMARY KEY (update_id, position)
);
CREATE INDEX incident_update_items_by_state ON incident_update_items (update_id, state, position);
-- each child once
CREATE UNIQUE INDEX incident_update_items_once ON incident_update_items (update_id, ticket_id);
