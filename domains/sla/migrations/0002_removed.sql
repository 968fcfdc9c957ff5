-- A policy that was removed can come back.
ALTER TABLE sla_policies ADD COLUMN removed_at BIGINT;
