-- A reply or a change of status that is to happen at a time. The reply stands in `messages`, held until then. A row goes
-- when it happened or was called off; one that was stopped waits for somebody to decide.
CREATE TABLE scheduled (
  id UUID NOT NULL PRIMARY KEY,
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  message_id UUID REFERENCES messages (id),
  -- of a change of status alone; a reply carries its own
  status TEXT,
  by_id UUID NOT NULL REFERENCES people (id),
  by_name TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  stopped_by TEXT CHECK (stopped_by IN ('CUSTOMER', 'RIGHTS', 'TRASH', 'FIELDS')),
  made_at BIGINT NOT NULL,
  CHECK ((message_id IS NULL) <> (status IS NULL))
);
CREATE INDEX scheduled_of ON scheduled (ticket_id, due_at, id);
CREATE INDEX scheduled_of_message ON scheduled (message_id) WHERE message_id IS NOT NULL;
