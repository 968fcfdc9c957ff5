-- What an admin asks beyond the fields that every ticket has.
CREATE TABLE custom_fields (
  key TEXT NOT NULL PRIMARY KEY,
  label TEXT NOT NULL,
  help TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('TEXT', 'NUMBER', 'DATE', 'CHECKBOX', 'SELECT', 'MULTI_SELECT')),
  audience TEXT NOT NULL CHECK (audience IN ('EVERYONE', 'STAFF')),
  -- a JSON list of texts, for the two kinds that choose
  options TEXT NOT NULL,
  is_needed_at_first BOOLEAN NOT NULL,
  is_needed_to_solve BOOLEAN NOT NULL,
  -- JSON: { "on": "category", "is": ["BUG"] }; `on` is category, channel or field:KEY. NULL is always
  shown_when TEXT,
  position BIGINT NOT NULL,
  archived_at BIGINT,
  version BIGINT NOT NULL
);

-- One row for each value; several for a field that takes many. What has no row is empty.
CREATE TABLE ticket_field_values (
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  field TEXT NOT NULL REFERENCES custom_fields (key),
  -- lower case, for looking it up alike on both engines
  folded TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (ticket_id, field, folded)
);
CREATE INDEX ticket_field_values_by_value ON ticket_field_values (field, folded, ticket_id);
