-- One event that concerns one person: never twice.
CREATE TABLE notices (
  id UUID NOT NULL PRIMARY KEY,
  person_id UUID NOT NULL REFERENCES people (id),
  -- the place of the event in the journal
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id UUID NOT NULL,
  -- who did it, by name at that time
  author TEXT NOT NULL,
  -- stands in the app; else it goes other ways alone
  is_shown BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  read_at BIGINT
);
CREATE UNIQUE INDEX notices_once ON notices (person_id, seq);
CREATE INDEX notices_shown ON notices (person_id, id) WHERE is_shown = TRUE;
CREATE INDEX notices_unread ON notices (person_id, subject_id) WHERE read_at IS NULL;
CREATE INDEX notices_by_age ON notices (created_at);

-- What a person chose otherwise than by default.
CREATE TABLE notice_choices (
  person_id UUID NOT NULL REFERENCES people (id),
  kind TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('APP', 'MAIL')),
  is_on BOOLEAN NOT NULL,
  PRIMARY KEY (person_id, kind, channel)
);

-- When a person wants to be left alone, and mail in one piece; who has no row has neither.
CREATE TABLE notice_hours (
  person_id UUID NOT NULL PRIMARY KEY REFERENCES people (id),
  -- minutes of the day in the person's zone; from after to is over midnight
  quiet_from BIGINT,
  quiet_to BIGINT,
  digest TEXT NOT NULL CHECK (digest IN ('OFF', 'DAILY', 'WEEKLY')),
  changed_at BIGINT NOT NULL
);

-- Things and tags that a person does not want to hear of.
CREATE TABLE notice_mutes (
  person_id UUID NOT NULL REFERENCES people (id),
  -- the id of the thing, or the tag after '#'
  what TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, what)
);

-- A notice on its way out of the app: the queue, and the log of what became of it.
CREATE TABLE notice_deliveries (
  id UUID NOT NULL PRIMARY KEY,
  notice_id UUID NOT NULL REFERENCES notices (id) ON DELETE CASCADE,
  person_id UUID NOT NULL REFERENCES people (id),
  subject_id UUID NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('MAIL')),
  state TEXT NOT NULL CHECK (state IN ('WAITING', 'SENT', 'SKIPPED')),
  -- why it was not sent
  reason TEXT,
  -- the mail that it went with
  mail_id UUID,
  due_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX notice_deliveries_due ON notice_deliveries (channel, due_at, id) WHERE state = 'WAITING';
CREATE INDEX notice_deliveries_waiting_of ON notice_deliveries (person_id, channel, subject_id) WHERE state = 'WAITING';
CREATE INDEX notice_deliveries_of ON notice_deliveries (notice_id);
CREATE INDEX notice_deliveries_log ON notice_deliveries (state, id);
