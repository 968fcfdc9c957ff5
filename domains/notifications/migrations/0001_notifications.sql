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
  channel TEXT NOT NULL CHECK (channel IN ('APP', 'MAIL', 'PUSH', 'SMS')),
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

-- Browsers that tell a person with no page open (Web Push). They stop with the session in which they were added.
CREATE TABLE notice_browsers (
  id UUID NOT NULL PRIMARY KEY,
  person_id UUID NOT NULL REFERENCES people (id),
  session_id UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  -- where its push service takes what is for it
  endpoint TEXT NOT NULL,
  -- what is sent is encrypted for this key and secret (RFC 8291)
  public_key BYTEA NOT NULL,
  auth BYTEA NOT NULL,
  -- as people know it: Firefox on Linux
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX notice_browsers_once ON notice_browsers (endpoint);
CREATE INDEX notice_browsers_of ON notice_browsers (person_id, id);
CREATE INDEX notice_browsers_of_session ON notice_browsers (session_id);

-- The server that sends text messages (Twilio's API of 2010-04-01), once an admin set it up.
CREATE TABLE notice_sms (
  id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  base_url TEXT NOT NULL,
  account TEXT NOT NULL,
  -- sealed
  token BYTEA NOT NULL,
  -- a number, a name, or the SID of a messaging service
  sender TEXT NOT NULL,
  is_on BOOLEAN NOT NULL
);

-- The phone of somebody of the staff; it gets nothing but a code until that was typed in.
CREATE TABLE notice_phones (
  person_id UUID NOT NULL PRIMARY KEY REFERENCES people (id),
  number TEXT NOT NULL,
  confirmed_at BIGINT,
  -- keyed hash
  code BYTEA,
  code_until BIGINT NOT NULL,
  tries BIGINT NOT NULL
);

-- A notice on its way out of the app: the queue, and the log of what became of it.
CREATE TABLE notice_deliveries (
  id UUID NOT NULL PRIMARY KEY,
  notice_id UUID NOT NULL REFERENCES notices (id) ON DELETE CASCADE,
  person_id UUID NOT NULL REFERENCES people (id),
  subject_id UUID NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('MAIL', 'PUSH', 'SMS')),
  state TEXT NOT NULL CHECK (state IN ('WAITING', 'SENT', 'SKIPPED', 'FAILED')),
  -- why it was not sent
  reason TEXT,
  -- the mail that it went with
  mail_id UUID,
  -- PUSH: the browser, and its name at that time
  browser_id UUID,
  browser TEXT,
  -- PUSH, SMS: what was answered last
  answer TEXT,
  tries BIGINT NOT NULL,
  -- PUSH, SMS: a node has it in hand
  locked_until BIGINT,
  due_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX notice_deliveries_due ON notice_deliveries (channel, due_at, id) WHERE state = 'WAITING';
CREATE INDEX notice_deliveries_waiting_of ON notice_deliveries (person_id, channel, subject_id) WHERE state = 'WAITING';
CREATE INDEX notice_deliveries_of ON notice_deliveries (notice_id);
CREATE INDEX notice_deliveries_texts ON notice_deliveries (person_id, state, ended_at) WHERE channel = 'SMS';
CREATE INDEX notice_deliveries_log ON notice_deliveries (state, id);
