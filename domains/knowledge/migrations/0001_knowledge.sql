CREATE TABLE knowledge_categories (
  id UUID NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  icon TEXT NOT NULL,
  position BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE knowledge_sections (
  id UUID NOT NULL PRIMARY KEY,
  category_id UUID NOT NULL REFERENCES knowledge_categories (id),
  title TEXT NOT NULL,
  position BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX knowledge_sections_of ON knowledge_sections (category_id, position, id);

CREATE TABLE articles (
  id UUID NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('GUIDE', 'TUTORIAL', 'FAQ', 'BEST_PRACTICE', 'TROUBLESHOOTING', 'API')),
  visibility TEXT NOT NULL CHECK (visibility IN ('PUBLIC', 'SIGNED_IN', 'ORGANIZATIONS', 'STAFF', 'TEAMS')),
  -- the present one; article_slugs has the earlier ones too
  slug TEXT NOT NULL,
  external_id TEXT UNIQUE,
  author_id UUID NOT NULL REFERENCES people (id),
  -- of the newest version; what readers see is told by live_number alone
  state TEXT NOT NULL CHECK (state IN ('DRAFT', 'IN_REVIEW', 'SCHEDULED', 'PUBLISHED', 'ARCHIVED')),
  number BIGINT NOT NULL,
  live_number BIGINT,
  -- who wrote the newest version: never the one reviewer of it
  writer_id UUID NOT NULL REFERENCES people (id),
  reviewer_id UUID REFERENCES people (id),
  -- why it was sent back
  remark TEXT,
  publish_at BIGINT,
  published_at BIGINT,
  views BIGINT NOT NULL,
  helpful BIGINT NOT NULL,
  unhelpful BIGINT NOT NULL,
  -- views that decay, as a logarithm; and that times how helpful it is
  heat BIGINT NOT NULL,
  popularity BIGINT NOT NULL,
  -- lower case words of the newest version and of the published one, for looking them up alike on both engines
  folded TEXT NOT NULL,
  live_folded TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX articles_by_change ON articles (updated_at, id);
CREATE INDEX articles_by_publication ON articles (published_at, id) WHERE live_number IS NOT NULL;
CREATE INDEX articles_by_popularity ON articles (popularity, id) WHERE live_number IS NOT NULL;

-- Every slug that an article ever had: one is never given to another article.
CREATE TABLE article_slugs (
  slug TEXT NOT NULL PRIMARY KEY,
  article_id UUID NOT NULL REFERENCES articles (id)
);

CREATE TABLE article_versions (
  article_id UUID NOT NULL REFERENCES articles (id),
  number BIGINT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  -- Markdown, and what was made of it
  source TEXT NOT NULL,
  html TEXT NOT NULL,
  -- JSON: its headings
  headings TEXT NOT NULL,
  renderer BIGINT NOT NULL,
  -- JSON: a list
  tags TEXT NOT NULL,
  minutes BIGINT NOT NULL,
  person_id UUID NOT NULL REFERENCES people (id),
  created_at BIGINT NOT NULL,
  -- when it became what readers see, for the last time
  published_at BIGINT,
  PRIMARY KEY (article_id, number)
);

CREATE TABLE article_sections (
  article_id UUID NOT NULL REFERENCES articles (id),
  section_id UUID NOT NULL REFERENCES knowledge_sections (id),
  PRIMARY KEY (article_id, section_id)
);
CREATE INDEX article_sections_by_section ON article_sections (section_id, article_id);

-- Which organizations or teams an article is for; names them by id without holding them.
CREATE TABLE article_audience (
  article_id UUID NOT NULL REFERENCES articles (id),
  audience_id UUID NOT NULL,
  PRIMARY KEY (article_id, audience_id)
);

-- Of the published version.
CREATE TABLE article_tags (
  article_id UUID NOT NULL REFERENCES articles (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (article_id, tag)
);
CREATE INDEX article_tags_by_tag ON article_tags (tag, article_id);

-- Words that the published version is about, for what is related.
CREATE TABLE article_terms (
  article_id UUID NOT NULL REFERENCES articles (id),
  term TEXT NOT NULL,
  weight BIGINT NOT NULL,
  PRIMARY KEY (article_id, term)
);
CREATE INDEX article_terms_by_term ON article_terms (term, article_id);

-- Who read what today: counted once, and forgotten after two days.
CREATE TABLE article_views (
  article_id UUID NOT NULL REFERENCES articles (id),
  day BIGINT NOT NULL,
  visitor TEXT NOT NULL,
  PRIMARY KEY (article_id, day, visitor)
);
CREATE INDEX article_views_by_day ON article_views (day);

CREATE TABLE article_feedback (
  article_id UUID NOT NULL REFERENCES articles (id),
  number BIGINT NOT NULL,
  voter TEXT NOT NULL,
  is_helpful BOOLEAN NOT NULL,
  words TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (article_id, number, voter)
);
