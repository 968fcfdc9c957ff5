-- What is scheduled may set a custom status, and stops when that was removed. SQLite changes no constraint, so the table is
-- made anew. A reply carries its plain status itself; the custom one stands here, with the status that it belongs to.
CREATE TABLE scheduled_anew (
  id UUID NOT NULL PRIMARY KEY,
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  message_id UUID REFERENCES messages (id),
  status TEXT,
  custom_status TEXT REFERENCES custom_statuses (key),
  by_id UUID NOT NULL REFERENCES people (id),
  by_name TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  stopped_by TEXT CHECK (stopped_by IN ('CUSTOMER', 'RIGHTS', 'TRASH', 'FIELDS', 'MERGE', 'STATUS')),
  made_at BIGINT NOT NULL,
  CHECK ((message_id IS NULL AND status IS NOT NULL) OR (message_id IS NOT NULL AND (status IS NULL) = (custom_status IS NULL)))
);
INSERT INTO scheduled_anew (id, ticket_id, message_id, status, by_id, by_name, due_at, stopped_by, made_at)
SELECT id, ticket_id, message_id, status, by_id, by_name, due_at, stopped_by, made_at FROM scheduled;
DROP TABLE scheduled;
ALTER TABLE scheduled_anew RENAME TO scheduled;
CREATE INDEX scheduled_of ON scheduled (ticket_id, due_at, id);
CREATE INDEX scheduled_of_message ON scheduled (message_id) WHERE message_id IS NOT NULL;
