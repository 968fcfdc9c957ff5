-- A policy applied to tickets that came before it, a few at a time.
CREATE TABLE sla_backfills (
  id UUID NOT NULL PRIMARY KEY,
  policy_id UUID NOT NULL,
  -- what the policy said when it was asked for
  version_id UUID NOT NULL REFERENCES sla_versions (id),
  -- who asked for it
  person_id UUID REFERENCES people (id),
  person_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('RUNNING', 'DONE')),
  -- tickets to look at, looked at, changed
  total BIGINT NOT NULL,
  looked BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  -- tickets up to this one are behind it
  position UUID NOT NULL,
  -- the last sign of life of whoever works on it
  beat_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX sla_backfills_of ON sla_backfills (policy_id, created_at, id);
CREATE INDEX sla_backfills_at_work ON sla_backfills (beat_at) WHERE state = 'RUNNING';
-- one at a time for a policy
CREATE UNIQUE INDEX sla_backfills_once ON sla_backfills (policy_id) WHERE state = 'RUNNING';
