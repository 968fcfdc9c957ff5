-- The next deadline of a ticket, as the room of the service levels keeps it: for rows, for sorting and for two views.
ALTER TABLE tickets ADD COLUMN sla_state TEXT;
ALTER TABLE tickets ADD COLUMN sla_metric TEXT;
ALTER TABLE tickets ADD COLUMN sla_since BIGINT;
ALTER TABLE tickets ADD COLUMN sla_due_at BIGINT;
ALTER TABLE tickets ADD COLUMN sla_warn_at BIGINT;
-- the deadline; the largest number when there is none or it is paused
ALTER TABLE tickets ADD COLUMN sla_sort BIGINT NOT NULL DEFAULT 9223372036854775807;
CREATE INDEX tickets_by_deadline ON tickets (is_active, sla_sort, id) WHERE trashed_at IS NULL;
CREATE INDEX tickets_by_sla_state ON tickets (sla_state, sla_sort, id) WHERE trashed_at IS NULL AND sla_state IS NOT NULL;
