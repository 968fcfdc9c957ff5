-- What admins call the ways in which a ticket can stand, beyond the six that every ticket has.
CREATE TABLE custom_statuses (
  key TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  -- what customers read instead of the name; empty is the word of the status it belongs to
  customer_name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD', 'RESOLVED', 'CLOSED')),
  position BIGINT NOT NULL,
  archived_at BIGINT,
  version BIGINT NOT NULL
);
ALTER TABLE tickets ADD COLUMN custom_status TEXT REFERENCES custom_statuses (key);
