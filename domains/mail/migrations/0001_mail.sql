-- An address that takes mail, and how it goes out from there.
CREATE TABLE mailboxes (
  id UUID NOT NULL PRIMARY KEY,
  -- lower case; answers go there
  address TEXT NOT NULL UNIQUE,
  -- shown name: `PromptCraft Support`
  name TEXT NOT NULL,
  is_on BOOLEAN NOT NULL,
  -- which team gets new tickets
  team_id UUID REFERENCES teams (id) ON DELETE SET NULL,
  -- the host whose Authentication-Results are believed; empty: none
  authserv_id TEXT NOT NULL,
  -- new tickets an hour before mail is held
  most_an_hour BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

-- A mail as it came. The raw bytes are in the file store before the row is here, under `mail/{id}`.
CREATE TABLE mails (
  id UUID NOT NULL PRIMARY KEY,
  mailbox_id UUID REFERENCES mailboxes (id) ON DELETE SET NULL,
  via TEXT NOT NULL CHECK (via IN ('imap', 'lmtp', 'smtp', 'api', 'import')),
  size BIGINT NOT NULL,
  -- SHA-256 of the raw bytes
  hash BYTEA NOT NULL,
  -- as the transport says; null where it says nothing
  envelope_from TEXT,
  envelope_to TEXT,
  -- of IMAP: the same mail is never taken twice
  uid_validity BIGINT,
  uid BIGINT,
  received_at BIGINT NOT NULL,
  -- null while it waits
  fate TEXT CHECK (fate IN ('NEW_TICKET', 'JOINED', 'HELD', 'AUTOMATIC', 'BOUNCE', 'DUPLICATE', 'SPAM', 'FAILED')),
  -- in words for people
  reason TEXT NOT NULL,
  trust TEXT CHECK (trust IN ('AGENT', 'PARTICIPANT', 'CUSTOMER', 'UNKNOWN', 'FAILED')),
  -- which rule of threading found the ticket
  rule TEXT CHECK (rule IN ('ADDRESS', 'OWN_ID', 'FOREIGN_ID', 'MARKER', 'SUBJECT')),
  -- where it stands, or was held at
  ticket_id UUID REFERENCES tickets (id) ON DELETE SET NULL,
  message_id UUID,
  -- a ticket that it may belong to
  looks_like UUID REFERENCES tickets (id) ON DELETE SET NULL,
  -- of the mail itself, for lists and threading
  header_id TEXT,
  from_address TEXT,
  from_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- of what it says, without the traces of its way
  content_hash BYTEA,
  -- who let it in
  let_in_by TEXT,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  decided_at BIGINT
);
CREATE UNIQUE INDEX mails_by_uid ON mails (mailbox_id, uid_validity, uid);
CREATE INDEX mails_waiting ON mails (next_at, id) WHERE fate IS NULL;
CREATE INDEX mails_by_time ON mails (received_at, id);
CREATE INDEX mails_by_fate ON mails (fate, received_at, id);
CREATE INDEX mails_by_mailbox ON mails (mailbox_id, received_at, id);
CREATE INDEX mails_by_header_id ON mails (header_id);
CREATE INDEX mails_by_sender ON mails (from_address, received_at);
CREATE INDEX mails_by_content ON mails (content_hash, received_at);
CREATE INDEX mails_by_ticket ON mails (ticket_id, received_at);
CREATE INDEX mails_looking_like ON mails (looks_like);

-- Addresses that cannot be reached for good, as a bounce said.
CREATE TABLE bad_addresses (
  address TEXT NOT NULL PRIMARY KEY,
  since BIGINT NOT NULL,
  words TEXT NOT NULL
);
