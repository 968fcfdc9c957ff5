-- Where events go. One that was removed keeps its row, without its secret, until its deliveries are forgotten.
CREATE TABLE webhooks (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  -- host and port: so many tries go there at once
  place TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('JSON', 'SLACK', 'DISCORD', 'TEAMS')),
  -- kinds of events with a blank between, or an asterisk
  events TEXT NOT NULL,
  sends_notes BOOLEAN NOT NULL,
  is_on BOOLEAN NOT NULL,
  -- why it was switched off by itself
  broken TEXT,
  secret BYTEA NOT NULL,
  old_secret BYTEA,
  -- until when the old secret signs too
  old_until BIGINT,
  -- it hears what happened since then
  since BIGINT NOT NULL,
  -- the receiver asked for a pause
  paused_until BIGINT,
  -- nothing was delivered since then
  failing_since BIGINT,
  delivered_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT
);

-- One event for one webhook: the queue, and the log for 30 days. A test has no place in the journal.
CREATE TABLE webhook_deliveries (
  id UUID NOT NULL PRIMARY KEY,
  webhook_id UUID NOT NULL REFERENCES webhooks (id),
  seq BIGINT,
  kind TEXT NOT NULL,
  -- as sent in the format JSON
  payload TEXT NOT NULL,
  -- what the formats of chats are made of, as JSON
  brief TEXT NOT NULL,
  is_internal BOOLEAN NOT NULL,
  is_test BOOLEAN NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('WAITING', 'DELIVERED', 'FAILED')),
  -- why it failed
  reason TEXT,
  -- what was answered last
  status BIGINT,
  tries BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  -- the last try
  until BIGINT NOT NULL,
  -- a node has it in hand
  locked_until BIGINT,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (webhook_id, seq);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at, id) WHERE state = 'WAITING';
CREATE INDEX webhook_deliveries_in_hand ON webhook_deliveries (locked_until) WHERE locked_until IS NOT NULL;
CREATE INDEX webhook_deliveries_overdue ON webhook_deliveries (until) WHERE state = 'WAITING';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_log_of_state ON webhook_deliveries (webhook_id, state, id);
CREATE INDEX webhook_deliveries_log_of_kind ON webhook_deliveries (webhook_id, kind, id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);

-- Each try of a delivery.
CREATE TABLE webhook_tries (
  id UUID NOT NULL PRIMARY KEY,
  delivery_id UUID NOT NULL REFERENCES webhook_deliveries (id),
  at BIGINT NOT NULL,
  took_ms BIGINT NOT NULL,
  status BIGINT,
  -- why there was no answer
  error TEXT,
  -- what was sent above the body, a line each
  headers TEXT NOT NULL,
  -- the beginning of what was answered
  answer TEXT NOT NULL,
  is_cut BOOLEAN NOT NULL
);
CREATE INDEX webhook_tries_of ON webhook_tries (delivery_id, id);
