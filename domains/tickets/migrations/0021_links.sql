-- A merge: what came into the target, so that exactly this can go back.
CREATE TABLE ticket_merges (
  id UUID NOT NULL PRIMARY KEY,
  source_id UUID NOT NULL REFERENCES tickets (id),
  target_id UUID NOT NULL REFERENCES tickets (id),
  merged_by TEXT NOT NULL,
  merged_at BIGINT NOT NULL,
  undone_at BIGINT,
  -- the source as it was
  old_status TEXT NOT NULL CHECK (old_status IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD', 'RESOLVED', 'CLOSED')),
  old_resolved_at BIGINT,
  old_closed_at BIGINT
);
-- a ticket is merged once at a time
CREATE UNIQUE INDEX ticket_merges_of ON ticket_merges (source_id) WHERE undone_at IS NULL;
CREATE INDEX ticket_merges_into ON ticket_merges (target_id) WHERE undone_at IS NULL;
CREATE INDEX ticket_merges_by_source ON ticket_merges (source_id);
CREATE INDEX ticket_merges_by_target ON ticket_merges (target_id);

CREATE TABLE merged_messages (
  merge_id UUID NOT NULL REFERENCES ticket_merges (id),
  -- no reference: a message that was split off may be deleted with its ticket
  message_id UUID NOT NULL,
  PRIMARY KEY (merge_id, message_id)
);
CREATE INDEX merged_messages_of ON merged_messages (message_id);

CREATE TABLE merged_people (
  merge_id UUID NOT NULL REFERENCES ticket_merges (id),
  person_id UUID NOT NULL REFERENCES people (id),
  PRIMARY KEY (merge_id, person_id)
);
CREATE INDEX merged_people_of ON merged_people (person_id);

CREATE TABLE merged_tags (
  merge_id UUID NOT NULL REFERENCES ticket_merges (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (merge_id, tag)
);

-- How two tickets belong together; RELATED has no direction and stands once, from the older id.
CREATE TABLE ticket_links (
  id UUID NOT NULL PRIMARY KEY,
  from_id UUID NOT NULL REFERENCES tickets (id),
  to_id UUID NOT NULL REFERENCES tickets (id),
  kind TEXT NOT NULL CHECK (kind IN ('RELATED', 'DUPLICATE', 'PARENT', 'CAUSE', 'SPLIT')),
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX ticket_links_once ON ticket_links (from_id, to_id, kind);
-- a child has one parent
CREATE UNIQUE INDEX ticket_links_parent ON ticket_links (to_id) WHERE kind = 'PARENT';
CREATE INDEX ticket_links_to ON ticket_links (to_id, kind);

-- What is scheduled stops when a ticket is merged in, too. SQLite changes no constraint, so the table is made anew.
CREATE TABLE scheduled_anew (
  id UUID NOT NULL PRIMARY KEY,
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  message_id UUID REFERENCES messages (id),
  status TEXT,
  by_id UUID NOT NULL REFERENCES people (id),
  by_name TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  stopped_by TEXT CHECK (stopped_by IN ('CUSTOMER', 'RIGHTS', 'TRASH', 'FIELDS', 'MERGE')),
  made_at BIGINT NOT NULL,
  CHECK ((message_id IS NULL) <> (status IS NULL))
);
INSERT INTO scheduled_anew (id, ticket_id, message_id, status, by_id, by_name, due_at, stopped_by, made_at)
SELECT id, ticket_id, message_id, status, by_id, by_name, due_at, stopped_by, made_at FROM scheduled;
DROP TABLE scheduled;
ALTER TABLE scheduled_anew RENAME TO scheduled;
CREATE INDEX scheduled_of ON scheduled (ticket_id, due_at, id);
CREATE INDEX scheduled_of_message ON scheduled (message_id) WHERE message_id IS NOT NULL;
