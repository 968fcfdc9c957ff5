-- With statistics an engine took the index of teams, which alone answers a count without reading rows, for counting what
-- one person has or what has a status, and read all open tickets through it. These answer it now as well.
DROP INDEX tickets_by_status;
DROP INDEX tickets_by_assignee;
CREATE INDEX tickets_by_status ON tickets (status, is_active, updated_at, id, spam_at, trashed_at) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_assignee ON tickets (assignee_id, is_active, updated_at, id, spam_at, trashed_at) WHERE trashed_at IS NULL;
