-- What rules of time walk over: a closed ticket changes by time no more.
CREATE INDEX tickets_alive ON tickets (id) WHERE status <> 'CLOSED' AND trashed_at IS NULL;
