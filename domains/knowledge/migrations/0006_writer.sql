-- What somebody writes and has not saved: one for each writer and article. The article may not be there yet.
CREATE TABLE article_drafts (
  person_id UUID NOT NULL REFERENCES people (id),
  article_id UUID NOT NULL,
  -- the version of the article and of its text that the words began from; zero for a new one
  base_version BIGINT NOT NULL,
  base_number BIGINT NOT NULL,
  title TEXT NOT NULL,
  -- JSON: every field of the form
  fields TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, article_id)
);
CREATE INDEX article_drafts_by_article ON article_drafts (article_id, updated_at);
-- Votes of a time, for the report on what helps less.
CREATE INDEX article_feedback_by_time ON article_feedback (created_at, article_id);
CREATE INDEX article_drafts_by_age ON article_drafts (updated_at);
