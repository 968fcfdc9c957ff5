-- Steps to do on a ticket, in their order. They go with it.
CREATE TABLE checklist_items (
  id UUID NOT NULL PRIMARY KEY,
  ticket_id UUID NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  place BIGINT NOT NULL,
  text TEXT NOT NULL,
  done_at BIGINT,
  done_by TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX checklist_items_of ON checklist_items (ticket_id, place, id);

-- Lists that supervisors keep, to be put on tickets; the steps are lines.
CREATE TABLE checklist_templates (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE,
  steps TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE time_entries (
  id UUID NOT NULL PRIMARY KEY,
  ticket_id UUID NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  -- the message it was spent on
  message_id UUID,
  person_id UUID NOT NULL REFERENCES people (id),
  person_name TEXT NOT NULL,
  seconds BIGINT NOT NULL CHECK (seconds BETWEEN 1 AND 86400),
  note TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX time_entries_of ON time_entries (ticket_id, created_at, id);
