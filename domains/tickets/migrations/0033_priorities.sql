-- The open urgent ones are what a team looks at most. Without an index of its own the list of a rare priority read all that is
-- open, and that of a rare one in no view all there is. Its form is that of categories and channels.
CREATE INDEX tickets_by_priority ON tickets (priority, is_active, updated_at, id, spam_at, trashed_at) WHERE trashed_at IS NULL;
