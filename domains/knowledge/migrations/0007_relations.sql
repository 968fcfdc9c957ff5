-- Which articles go together, always both ways: by what they are about, and by readers who opened both on one day. Kept when one is
-- published or read, so that a page costs the same however many articles have its words.
CREATE TABLE article_relations (
  article_id UUID NOT NULL,
  other_id UUID NOT NULL,
  likeness BIGINT NOT NULL,
  together BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  PRIMARY KEY (article_id, other_id)
);
CREATE INDEX article_relations_by_rank ON article_relations (article_id, rank, other_id);
CREATE INDEX article_views_by_visitor ON article_views (visitor, day);
