-- Suggestions that somebody opened from the request form. One that is not sent within a while ended the request; a row
-- lives until then.
CREATE TABLE suggestion_opens (
  id UUID NOT NULL PRIMARY KEY,
  panel TEXT NOT NULL,
  href TEXT NOT NULL,
  category TEXT,
  person_id UUID,
  person_name TEXT NOT NULL,
  opened_at BIGINT NOT NULL
);
