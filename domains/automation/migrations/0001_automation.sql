-- Rules, in their order. `number` names a rule in traces; a rule that was removed keeps its row, so that traces can say its name.
CREATE TABLE rules (
  id UUID NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  place BIGINT NOT NULL,
  is_on BOOLEAN NOT NULL,
  stops BOOLEAN NOT NULL,
  -- when, if and then, as JSON
  definition TEXT NOT NULL,
  -- why it was switched off by itself
  broken TEXT,
  -- it answers to what happened since then
  since BIGINT NOT NULL,
  fired BIGINT NOT NULL,
  fired_at BIGINT,
  version BIGINT NOT NULL,
  deleted_at BIGINT
);
CREATE INDEX rules_order ON rules (place, number) WHERE deleted_at IS NULL;

-- What a rule said at each of its versions: traces are read with the words of then.
CREATE TABLE rule_versions (
  rule_id UUID NOT NULL REFERENCES rules (id),
  version BIGINT NOT NULL,
  definition TEXT NOT NULL,
  PRIMARY KEY (rule_id, version)
);

-- One row an event that some rule listens to; kept for 30 days. `kind` of a rule of time is `time:` and its id.
CREATE TABLE rule_traces (
  id UUID NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id UUID NOT NULL,
  lines TEXT NOT NULL
);
CREATE INDEX rule_traces_of_kind ON rule_traces (kind, id);
CREATE INDEX rule_traces_of_subject ON rule_traces (subject_id, id);
CREATE INDEX rule_traces_by_age ON rule_traces (at);

-- How many rules fired in what began with one event.
CREATE TABLE rule_chains (
  root BIGINT NOT NULL PRIMARY KEY,
  steps BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX rule_chains_by_age ON rule_chains (at);

-- Things for which a rule of time has fired; gone when its conditions are false again.
CREATE TABLE rule_fired (
  rule_id UUID NOT NULL REFERENCES rules (id),
  subject_id UUID NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (rule_id, subject_id)
);

-- Teams whose work is given out by itself. No foreign keys from here on: rooms that remove a team do not know these rows.
CREATE TABLE team_assignment (
  team_id UUID NOT NULL PRIMARY KEY,
  mode TEXT NOT NULL CHECK (mode IN ('ROUND_ROBIN', 'LEAST_BUSY')),
  -- what came in before that stays
  since BIGINT NOT NULL
);

-- Whose turn it was last, by team.
CREATE TABLE assignment_turns (
  team_id UUID NOT NULL,
  person_id UUID NOT NULL,
  turn BIGINT NOT NULL,
  PRIMARY KEY (team_id, person_id)
);

-- Work that nobody of the team had room for; given out as soon as somebody has, the oldest first.
CREATE TABLE assignment_waiting (
  subject_id UUID NOT NULL PRIMARY KEY,
  subject_kind TEXT NOT NULL,
  team_id UUID NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('ROUND_ROBIN', 'LEAST_BUSY')),
  since BIGINT NOT NULL
);
CREATE INDEX assignment_waiting_order ON assignment_waiting (since, subject_id);
