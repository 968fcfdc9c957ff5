-- How a mailbox sends; one without a row does not.
CREATE TABLE mailbox_sending (
  mailbox_id UUID NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  port BIGINT NOT NULL,
  security TEXT NOT NULL CHECK (security IN ('TLS', 'STARTTLS', 'NONE')),
  -- empty: nobody signs in
  user_name TEXT NOT NULL,
  -- sealed
  password BYTEA,
  -- connections at once, and mails a minute
  most_at_once BIGINT NOT NULL,
  most_a_minute BIGINT NOT NULL,
  -- tells whoever writes by mail that it arrived
  answers_first BOOLEAN NOT NULL,
  -- what happened before that is not mailed
  since BIGINT NOT NULL,
  -- DKIM (RFC 6376): selector, sealed private key (PKCS #8), public key as it stands in DNS; null: mails are not signed
  dkim_selector TEXT,
  dkim_key BYTEA,
  dkim_public TEXT,
  sent_at BIGINT,
  -- the last time that the server could not be used, and its words; emptied when a mail goes out
  failed_at BIGINT,
  failure TEXT NOT NULL,
  version BIGINT NOT NULL
);

-- A mail of ours to one address.
CREATE TABLE sendings (
  id UUID NOT NULL PRIMARY KEY,
  mailbox_id UUID REFERENCES mailboxes (id) ON DELETE SET NULL,
  kind TEXT NOT NULL CHECK (kind IN ('REPLY', 'FIRST_ANSWER', 'SYSTEM')),
  -- written by a program: Auto-Submitted (RFC 3834)
  is_automatic BOOLEAN NOT NULL,
  ticket_id UUID REFERENCES tickets (id) ON DELETE CASCADE,
  message_id UUID,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  -- of the person, for the words of the mail
  language TEXT NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('TO', 'CC')),
  -- the Message-ID, without brackets; the same at every try
  header_id TEXT NOT NULL UNIQUE,
  -- of SYSTEM alone, as nothing else has it; emptied once it is out
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('QUEUED', 'SENDING', 'SENT', 'FAILED', 'BOUNCED')),
  attempts BIGINT NOT NULL,
  -- QUEUED: not before; SENDING: until then it belongs to whoever took it
  next_at BIGINT NOT NULL,
  -- tries end
  until BIGINT NOT NULL,
  -- what the server said last
  words TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  sent_at BIGINT
);
CREATE UNIQUE INDEX sendings_once ON sendings (message_id, address, kind);
CREATE INDEX sendings_due ON sendings (mailbox_id, next_at, id) WHERE state IN ('QUEUED', 'SENDING');
CREATE INDEX sendings_out ON sendings (mailbox_id, sent_at);
CREATE INDEX sendings_by_ticket ON sendings (ticket_id, created_at, id);
CREATE INDEX sendings_by_address ON sendings (address, kind, created_at);

-- The words of our mails, as an admin wrote them.
CREATE TABLE mail_templates (
  kind TEXT NOT NULL CHECK (kind IN ('REPLY', 'FIRST_ANSWER', 'SYSTEM')),
  -- lower case BCP 47 tag: `de`, `de-at`; empty: for all that have none of their own
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (kind, language)
);
