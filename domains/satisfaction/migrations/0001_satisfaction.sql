-- One survey a ticket, for ever: what was asked, and the rating. It goes with its ticket.
CREATE TABLE surveys (
  ticket_id UUID NOT NULL PRIMARY KEY REFERENCES tickets (id) ON DELETE CASCADE,
  -- when the letter goes out
  due_at BIGINT NOT NULL,
  asked_at BIGINT,
  -- of the secret in the letter's link
  secret_hash BYTEA UNIQUE,
  score BIGINT CHECK (score BETWEEN 1 AND 5),
  comment TEXT,
  rated_at BIGINT,
  changed_at BIGINT
);
CREATE INDEX surveys_due ON surveys (due_at) WHERE asked_at IS NULL AND score IS NULL;

CREATE TABLE satisfaction_settings (
  id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  is_on BOOLEAN NOT NULL,
  delay_hours BIGINT NOT NULL CHECK (delay_hours BETWEEN 0 AND 720),
  version BIGINT NOT NULL
);
INSERT INTO satisfaction_settings (id, is_on, delay_hours, version) VALUES (1, TRUE, 24, 1);

-- What was solved before there were surveys is not asked about.
INSERT INTO readers (name, seq) SELECT 'satisfaction', COALESCE(MAX(seq), 0) FROM events;
