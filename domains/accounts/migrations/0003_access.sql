-- Who asked the admins for access to a place, and when for the last time.
CREATE TABLE access_requests (
  person_id UUID NOT NULL PRIMARY KEY REFERENCES people (id),
  place TEXT NOT NULL CHECK (place IN ('DESK', 'ADMIN')),
  asked_at BIGINT NOT NULL
);
