-- The custom status of a ticket that was merged, so that undoing gives it back.
ALTER TABLE ticket_merges ADD COLUMN old_custom_status TEXT REFERENCES custom_statuses (key);
