-- Files whose object is safely stored. Without a subject a file waits to be attached.
CREATE TABLE files (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  size BIGINT NOT NULL,
  has_preview BOOLEAN NOT NULL,
  subject_kind TEXT,
  subject_id UUID,
  owner_id UUID,
  created_at BIGINT NOT NULL
);
CREATE INDEX files_subject ON files (subject_kind, subject_id, id);

-- tus uploads, under way or finished (`file_id`) and not yet attached. The key is a capability.
CREATE TABLE uploads (
  key TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  owner_id UUID,
  counted_as TEXT NOT NULL,
  file_id UUID REFERENCES files (id),
  expires_at BIGINT NOT NULL
);
CREATE INDEX uploads_expiry ON uploads (expires_at);
CREATE INDEX uploads_counted ON uploads (counted_as);
CREATE INDEX uploads_file ON uploads (file_id);
