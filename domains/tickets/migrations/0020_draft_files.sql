-- Keys of finished uploads that belong to a draft: those of a reply that was taken back. Commas between them.
ALTER TABLE drafts ADD COLUMN file_keys TEXT NOT NULL DEFAULT '';
