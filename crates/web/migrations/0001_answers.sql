-- Answers kept for `Idempotency-Key`, for 24 hours.
CREATE TABLE answers (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  request BYTEA NOT NULL,
  status BIGINT,
  location TEXT,
  body TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE INDEX answers_age ON answers (created_at);
