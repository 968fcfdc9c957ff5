-- Rare categories and channels are found, and counted, without reading what others there are. The last columns let a
-- count end within the index: without them SQLite reads the whole table instead, where most tickets are of one category.
CREATE INDEX tickets_by_category ON tickets (category, is_active, updated_at, id, spam_at, trashed_at) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_channel ON tickets (channel, is_active, updated_at, id, spam_at, trashed_at) WHERE trashed_at IS NULL;
