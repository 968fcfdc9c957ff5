-- A template that was removed can come back. Its name is free meanwhile: `folded` is its id then.
ALTER TABLE checklist_templates ADD COLUMN removed_at BIGINT;
