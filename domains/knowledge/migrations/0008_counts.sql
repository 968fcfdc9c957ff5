-- How many published originals stand on a shelf, which is a category or a section, by who may read them. Kept with each change, so that
-- the home page costs the same however many there are. Those for chosen people are counted when somebody asks.
CREATE TABLE article_counts (
  shelf_id UUID NOT NULL,
  visibility TEXT NOT NULL,
  articles BIGINT NOT NULL,
  PRIMARY KEY (shelf_id, visibility)
);
INSERT INTO article_counts (shelf_id, visibility, articles)
SELECT s.category_id, a.visibility, COUNT(DISTINCT a.id) FROM articles a JOIN article_sections x ON x.article_id = a.id
JOIN knowledge_sections s ON s.id = x.section_id WHERE a.live_number IS NOT NULL AND a.source_id IS NULL GROUP BY s.category_id, a.visibility;
INSERT INTO article_counts (shelf_id, visibility, articles)
SELECT x.section_id, a.visibility, COUNT(*) FROM articles a JOIN article_sections x ON x.article_id = a.id
WHERE a.live_number IS NOT NULL AND a.source_id IS NULL GROUP BY x.section_id, a.visibility;
CREATE INDEX articles_for_chosen ON articles (visibility, id) WHERE live_number IS NOT NULL AND visibility IN ('ORGANIZATIONS', 'TEAMS');

-- Rises whenever readers may see something differently: what was made of an earlier one is made again.
CREATE TABLE knowledge_edition (
  id BIGINT NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL
);
INSERT INTO knowledge_edition (id, number) VALUES (1, 1);
