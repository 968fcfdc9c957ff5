CREATE TABLE sla_calendars (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  -- zone, week and holidays, as JSON
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE sla_policies (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  -- the first match from the top counts
  position BIGINT NOT NULL,
  is_active BOOLEAN NOT NULL,
  -- tickets that came in earlier are left alone
  valid_from BIGINT NOT NULL,
  -- none counts round the clock
  calendar_id UUID REFERENCES sla_calendars (id),
  -- conditions, targets and pauses, as JSON
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX sla_policies_in_order ON sla_policies (position, id);
CREATE INDEX sla_policies_by_calendar ON sla_policies (calendar_id);

-- What a policy said at a time, with its calendar: tickets refer to this, so that a later change rewrites nothing.
CREATE TABLE sla_versions (
  id UUID NOT NULL PRIMARY KEY,
  policy_id UUID NOT NULL,
  version BIGINT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX sla_versions_of ON sla_versions (policy_id, version);

-- Which version counts for a ticket from when on.
CREATE TABLE sla_terms (
  ticket_id UUID NOT NULL,
  since BIGINT NOT NULL,
  version_id UUID NOT NULL REFERENCES sla_versions (id),
  PRIMARY KEY (ticket_id, since)
);
CREATE INDEX sla_terms_by_version ON sla_terms (version_id);

-- Where each metric of a ticket stands: derived from the journal, and what was announced of it.
CREATE TABLE sla_clocks (
  ticket_id UUID NOT NULL,
  metric TEXT NOT NULL CHECK (metric IN ('FIRST_RESPONSE', 'NEXT_RESPONSE', 'FIRST_RESOLUTION', 'TOTAL_RESOLUTION', 'PERIODIC_UPDATE', 'REQUESTER_WAIT', 'AGENT_WORK')),
  cycle BIGINT NOT NULL,
  version_id UUID NOT NULL,
  policy_id UUID NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('RUNNING', 'PAUSED', 'MET', 'MISSED')),
  started_at BIGINT NOT NULL,
  stopped_at BIGINT,
  paused_at BIGINT,
  due_at BIGINT,
  warn_at BIGINT,
  missed_at BIGINT,
  counted BIGINT NOT NULL,
  target BIGINT NOT NULL,
  warned BOOLEAN NOT NULL,
  breached BOOLEAN NOT NULL,
  -- when the watcher must look at it again
  next_at BIGINT,
  PRIMARY KEY (ticket_id, metric, cycle)
);
CREATE INDEX sla_clocks_next ON sla_clocks (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX sla_clocks_by_policy ON sla_clocks (policy_id, state, ticket_id);
