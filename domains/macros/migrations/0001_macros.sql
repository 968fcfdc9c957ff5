-- A macro: what it says, what it changes, or both. Without changes it is a canned reply.
CREATE TABLE macros (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  -- lower case name, for looking it up alike on both engines
  folded TEXT NOT NULL,
  owner_id UUID NOT NULL REFERENCES people (id),
  audience TEXT NOT NULL CHECK (audience IN ('PERSONAL', 'TEAM', 'ALL')),
  -- for whom it is; a team that goes leaves its macros to supervisors
  team_id UUID REFERENCES teams (id) ON DELETE SET NULL,
  -- JSON; names people and teams by id without holding them: one that is gone is told when it is used
  changes TEXT NOT NULL,
  used BIGINT NOT NULL,
  used_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX macros_by_name ON macros (folded, id);

-- Changes of many tickets, asked for at once and made a few at a time.
CREATE TABLE bulks (
  id UUID NOT NULL PRIMARY KEY,
  person_id UUID NOT NULL REFERENCES people (id),
  changes TEXT NOT NULL,
  -- what it was called: the name of the macro, if it was one
  label TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('RUNNING', 'DONE', 'UNDOING', 'UNDONE')),
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  restored BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  -- how far it is; items up to here are behind it
  position BIGINT NOT NULL,
  -- the last sign of life of whoever works on it
  beat_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  -- who takes it back, in whose name that is done
  undone_by UUID REFERENCES people (id)
);
CREATE INDEX bulks_at_work ON bulks (beat_at) WHERE state IN ('RUNNING', 'UNDOING');
CREATE INDEX bulks_of ON bulks (person_id, created_at, id);

CREATE TABLE bulk_items (
  bulk_id UUID NOT NULL REFERENCES bulks (id),
  position BIGINT NOT NULL,
  ticket_id UUID NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('WAITING', 'DONE', 'REFUSED', 'RESTORED', 'KEPT')),
  -- in words for people: why not
  reason TEXT,
  -- JSON: the old values of what was changed, and the new ones
  before TEXT,
  PRIMARY KEY (bulk_id, position)
);
CREATE INDEX bulk_items_by_state ON bulk_items (bulk_id, state, position);
