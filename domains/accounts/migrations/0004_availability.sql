-- Who of the staff takes new work by itself, and how much; who has no row is available, with the usual capacity.
CREATE TABLE availability (
  person_id UUID NOT NULL PRIMARY KEY REFERENCES people (id),
  is_available BOOLEAN NOT NULL,
  capacity BIGINT,
  changed_at BIGINT NOT NULL
);
