CREATE TABLE organizations (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  shares_requests BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

-- People belong to an organization by the domain of their mail address.
CREATE TABLE organization_domains (
  domain TEXT NOT NULL PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES organizations (id)
);
CREATE INDEX organization_domains_of ON organization_domains (organization_id);

CREATE TABLE people (
  id UUID NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- lower case name and address, for looking people up alike on both engines
  folded TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('CUSTOMER', 'AGENT', 'SUPERVISOR', 'ADMIN')),
  organization_id UUID REFERENCES organizations (id),
  password_hash TEXT,
  zone TEXT NOT NULL,
  language TEXT NOT NULL,
  keys_on BOOLEAN NOT NULL,
  verified_at BIGINT,
  disabled_at BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX people_by_role ON people (role, folded, id);
CREATE INDEX people_by_organization ON people (organization_id, folded);
CREATE INDEX people_by_folded ON people (folded, id);

CREATE TABLE teams (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE team_members (
  team_id UUID NOT NULL REFERENCES teams (id),
  person_id UUID NOT NULL REFERENCES people (id),
  PRIMARY KEY (team_id, person_id)
);
CREATE INDEX team_members_of ON team_members (person_id);

-- Secrets are stored hashed: of sessions, tokens and links alike.
CREATE TABLE sessions (
  id UUID NOT NULL PRIMARY KEY,
  secret_hash BYTEA NOT NULL UNIQUE,
  person_id UUID NOT NULL REFERENCES people (id),
  address TEXT NOT NULL,
  agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_of ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE tokens (
  id UUID NOT NULL PRIMARY KEY,
  secret_hash BYTEA NOT NULL UNIQUE,
  person_id UUID NOT NULL REFERENCES people (id),
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT,
  expires_at BIGINT
);
CREATE INDEX tokens_of ON tokens (person_id);

CREATE TABLE links (
  id UUID NOT NULL PRIMARY KEY,
  secret_hash BYTEA NOT NULL UNIQUE,
  purpose TEXT NOT NULL CHECK (purpose IN ('SET_UP', 'CONFIRM', 'RESET', 'REQUEST', 'GUEST')),
  person_id UUID REFERENCES people (id),
  subject_id UUID,
  payload TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX links_by_expiry ON links (expires_at);
CREATE INDEX links_of_subject ON links (subject_id);
