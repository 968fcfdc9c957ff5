-- From here on a ticket is active while it stands in the lists of work: its status is one of the first four, it is not
-- snoozed and it is not spam. One column, so that every list of work stays one look into one index.
ALTER TABLE tickets ADD COLUMN spam_at BIGINT;
ALTER TABLE tickets ADD COLUMN spam_by TEXT;
CREATE INDEX tickets_spam ON tickets (spam_at, id) WHERE spam_at IS NOT NULL;

-- Each narrow list in each order out of an index: whose, whether active, then the order.
-- The first one of a team also tells assignee and status, so that counting never touches a row.
DROP INDEX tickets_by_team;
DROP INDEX tickets_by_status;
CREATE INDEX tickets_by_team ON tickets (team_id, is_active, updated_at, id, assignee_id, status, trashed_at) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_team_new ON tickets (team_id, is_active, created_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_team_urgent ON tickets (team_id, is_active, urgency, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_status ON tickets (status, is_active, updated_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_status_new ON tickets (status, is_active, created_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_status_urgent ON tickets (status, is_active, urgency, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_assignee_new ON tickets (assignee_id, is_active, created_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_assignee_urgent ON tickets (assignee_id, is_active, urgency, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_active_new ON tickets (is_active, created_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_team_due ON tickets (team_id, is_active, sla_sort, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_status_due ON tickets (status, is_active, sla_sort, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_assignee_due ON tickets (assignee_id, is_active, sla_sort, id) WHERE trashed_at IS NULL;
-- the two views of deadlines read these, in which few tickets stand
DROP INDEX tickets_by_sla_state;
CREATE INDEX tickets_late ON tickets (sla_state, sla_sort, id) WHERE trashed_at IS NULL AND sla_state IN ('warn', 'late');
CREATE INDEX tickets_late_of_team ON tickets (team_id, sla_state, sla_sort, id) WHERE trashed_at IS NULL AND sla_state IN ('warn', 'late');
CREATE INDEX tickets_late_of_assignee ON tickets (assignee_id, sla_state, sla_sort, id) WHERE trashed_at IS NULL AND sla_state IN ('warn', 'late');

-- A list that somebody keeps: the filter as it stands in the address, and what each part of it was called then.
CREATE TABLE saved_views (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  reach TEXT NOT NULL CHECK (reach IN ('PERSONAL', 'TEAM', 'ALL')),
  owner_id UUID NOT NULL REFERENCES people (id),
  team_id UUID REFERENCES teams (id),
  query TEXT NOT NULL,
  labels TEXT NOT NULL,
  place BIGINT NOT NULL,
  removed_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX saved_views_of ON saved_views (owner_id, place, id);
CREATE INDEX saved_views_team ON saved_views (team_id, place, id);
CREATE INDEX saved_views_reach ON saved_views (reach, place, id);

-- The last time a ticket was put away. It stays after waking, so that the list can say why it is back.
CREATE TABLE snoozes (
  ticket_id UUID NOT NULL PRIMARY KEY REFERENCES tickets (id),
  by_id UUID REFERENCES people (id),
  by_name TEXT NOT NULL,
  -- none: until the customer replies
  until_at BIGINT,
  began_at BIGINT NOT NULL,
  woke_at BIGINT,
  woke_by TEXT CHECK (woke_by IN ('TIME', 'REPLY', 'PERSON'))
);
CREATE INDEX snoozes_asleep ON snoozes (ticket_id) WHERE woke_at IS NULL;

-- Outside domains that somebody agreed to send copies of this ticket to.
CREATE TABLE ticket_domains (
  ticket_id UUID NOT NULL REFERENCES tickets (id),
  domain TEXT NOT NULL,
  PRIMARY KEY (ticket_id, domain)
);
