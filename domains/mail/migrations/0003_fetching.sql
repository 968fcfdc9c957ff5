-- Where the mail of a mailbox is fetched from (IMAP, RFC 3501), how far it was taken, and how that goes.
CREATE TABLE mail_fetching (
  mailbox_id UUID NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
  is_on BOOLEAN NOT NULL,
  host TEXT NOT NULL,
  port BIGINT NOT NULL,
  security TEXT NOT NULL CHECK (security IN ('TLS', 'STARTTLS', 'NONE')),
  username TEXT NOT NULL,
  folder TEXT NOT NULL,
  sign_in TEXT NOT NULL CHECK (sign_in IN ('PASSWORD', 'OAUTH2')),
  -- secrets are sealed
  password BYTEA,
  token_url TEXT NOT NULL,
  client_id TEXT NOT NULL,
  client_secret BYTEA,
  refresh_token BYTEA,
  access_token BYTEA,
  access_until BIGINT,
  -- when the password, the secret or the consent ends, as an admin says
  credential_until BIGINT,
  begin_with TEXT NOT NULL CHECK (begin_with IN ('NEW', 'ALL')),
  begun_at BIGINT NOT NULL,
  -- so long without a mail is worth a warning; 0: never
  silent_hours BIGINT NOT NULL,
  -- the cursor: all up to this UID were taken
  uid_validity BIGINT,
  uid BIGINT NOT NULL,
  -- up to this UID only what came since begun_at is taken
  old_until BIGINT NOT NULL,
  -- up to this UID mails are asked for one by one, as the server failed with several
  careful_until BIGINT NOT NULL,
  stuck_uid BIGINT NOT NULL,
  stuck_times BIGINT NOT NULL,
  -- mails in the folder that are not taken yet
  waiting BIGINT NOT NULL,
  last_success_at BIGINT,
  last_mail_at BIGINT,
  last_error TEXT NOT NULL,
  last_error_at BIGINT,
  -- in a row
  failures BIGINT NOT NULL,
  -- one node at a time
  lease_by TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  version BIGINT NOT NULL
);

-- The same bytes, after the server renumbered its mails (UIDVALIDITY).
CREATE INDEX mails_by_hash ON mails (hash);

-- Who handed it over, where that is known: for SPF (RFC 7208).
ALTER TABLE mails ADD COLUMN client_ip TEXT;
ALTER TABLE mails ADD COLUMN client_name TEXT;
