CREATE TABLE tickets (
  id UUID NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  -- lower case title, for looking it up alike on both engines
  folded TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD', 'RESOLVED', 'CLOSED')),
  -- true for the first four statuses
  is_active BOOLEAN NOT NULL,
  priority TEXT NOT NULL CHECK (priority IN ('LOW', 'MEDIUM', 'HIGH', 'URGENT')),
  -- rank of the priority and time of the last change in one number, for sorting by key
  urgency BIGINT NOT NULL,
  category TEXT NOT NULL CHECK (category IN ('BUG', 'FEATURE_REQUEST', 'GENERAL_INQUIRY', 'TECHNICAL_SUPPORT', 'BILLING')),
  channel TEXT NOT NULL CHECK (channel IN ('web', 'email', 'chat', 'api', 'community', 'call')),
  requester_id UUID NOT NULL REFERENCES people (id),
  organization_id UUID REFERENCES organizations (id),
  assignee_id UUID REFERENCES people (id),
  team_id UUID REFERENCES teams (id),
  -- the closed ticket that this one goes on from
  follows_id UUID REFERENCES tickets (id),
  first_message_id UUID NOT NULL,
  -- last word of the customer's side, last public word of staff
  customer_at BIGINT,
  staff_at BIGINT,
  first_reply_at BIGINT,
  resolved_at BIGINT,
  closed_at BIGINT,
  trashed_at BIGINT,
  trashed_by TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  -- last change that a customer may learn of; none since it came in: a note moves updated_at alone
  public_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX tickets_by_update ON tickets (updated_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_creation ON tickets (created_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_active ON tickets (is_active, updated_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_urgent ON tickets (is_active, urgency, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_status ON tickets (status, updated_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_assignee ON tickets (assignee_id, is_active, updated_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_team ON tickets (team_id, is_active, updated_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_requester ON tickets (requester_id, updated_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_organization ON tickets (organization_id, updated_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_trash ON tickets (trashed_at, id) WHERE trashed_at IS NOT NULL;
-- postgres: CREATE SEQUENCE tickets_number START 1001;
INSERT INTO sequences (name, value) VALUES ('tickets', 1000);

CREATE TABLE messages (
  id UUID NOT NULL PRIMARY KEY,
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  author_id UUID REFERENCES people (id),
  author_name TEXT NOT NULL,
  is_staff BOOLEAN NOT NULL,
  is_internal BOOLEAN NOT NULL,
  channel TEXT NOT NULL,
  -- as written, and as safe HTML of that version of the renderer
  source TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('MARKDOWN', 'HTML')),
  html TEXT NOT NULL,
  html_version BIGINT NOT NULL,
  -- a reply that can still be taken back, and the status it sets when it goes out
  held_until BIGINT,
  then_status TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX messages_of ON messages (ticket_id, created_at, id);

-- Whoever listens besides staff of the team. The requester stands here too.
CREATE TABLE ticket_people (
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  person_id UUID NOT NULL REFERENCES people (id),
  part TEXT NOT NULL CHECK (part IN ('REQUESTER', 'CC', 'FOLLOWER')),
  PRIMARY KEY (ticket_id, person_id)
);
CREATE INDEX ticket_people_of ON ticket_people (person_id, ticket_id);

CREATE TABLE ticket_tags (
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (ticket_id, tag)
);
CREATE INDEX ticket_tags_by_tag ON ticket_tags (tag, ticket_id);

CREATE TABLE drafts (
  person_id UUID NOT NULL REFERENCES people (id),
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  is_internal BOOLEAN NOT NULL,
  content TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, ticket_id)
);
CREATE INDEX drafts_of_ticket ON drafts (ticket_id);

CREATE TABLE ticket_seen (
  person_id UUID NOT NULL REFERENCES people (id),
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, ticket_id)
);
CREATE INDEX ticket_seen_of_ticket ON ticket_seen (ticket_id);
