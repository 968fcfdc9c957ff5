-- Rare categories and channels are found, and counted, without reading what others there are.
CREATE INDEX tickets_by_category ON tickets (category, is_active, updated_at, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_channel ON tickets (channel, is_active, updated_at, id) WHERE trashed_at IS NULL;
