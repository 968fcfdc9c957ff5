-- What one customer asked is counted by the index alone, as what one person has is (0031): some ask thousands of times.
-- The order of updates stays in front, for the customer's own list.
DROP INDEX tickets_by_requester;
CREATE INDEX tickets_by_requester ON tickets (requester_id, updated_at, id, is_active, spam_at, trashed_at) WHERE trashed_at IS NULL;
