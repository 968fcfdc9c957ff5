-- The order in which one reads a section.
ALTER TABLE article_sections ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
CREATE INDEX article_sections_in_order ON article_sections (section_id, position, article_id);

-- Every slug that a category ever had.
CREATE TABLE knowledge_category_slugs (
  slug TEXT NOT NULL PRIMARY KEY,
  category_id UUID NOT NULL REFERENCES knowledge_categories (id)
);
INSERT INTO knowledge_category_slugs (slug, category_id) SELECT slug, id FROM knowledge_categories;

-- A translation is an article of its own that names the one it translates; who reads it, its kind and its sections are those of that
-- one. It is as new as source_number, the version that it was made of; a larger change since then makes it outdated.
ALTER TABLE articles ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE articles ADD COLUMN source_id UUID REFERENCES articles (id);
ALTER TABLE articles ADD COLUMN source_number BIGINT;
-- MEDIUM: for those who translate; MAJOR: readers are told too
ALTER TABLE articles ADD COLUMN outdated TEXT CHECK (outdated IN ('MEDIUM', 'MAJOR'));
CREATE UNIQUE INDEX articles_translations ON articles (source_id, language) WHERE source_id IS NOT NULL;
CREATE INDEX articles_by_language ON articles (language);

-- Who looks after it, and by when somebody has to say that it is still right.
ALTER TABLE articles ADD COLUMN owner_id UUID REFERENCES people (id);
ALTER TABLE articles ADD COLUMN verify_at BIGINT;
-- the last verify_at that the owner was told of
ALTER TABLE articles ADD COLUMN reminded_at BIGINT;
CREATE INDEX articles_by_verification ON articles (verify_at, id) WHERE verify_at IS NOT NULL;
