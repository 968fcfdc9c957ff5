-- Texts that articles include by name.
CREATE TABLE article_snippets (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  person_id UUID NOT NULL REFERENCES people (id),
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

-- Which version names which; a name may stand in an old version whose snippet is gone.
CREATE TABLE article_snippet_uses (
  article_id UUID NOT NULL REFERENCES articles (id),
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (article_id, number, name)
);
CREATE INDEX article_snippet_uses_by_name ON article_snippet_uses (name, article_id, number);

-- Pictures of articles: how large they are, so that a page does not jump.
CREATE TABLE article_images (
  file_id UUID NOT NULL PRIMARY KEY,
  article_id UUID NOT NULL REFERENCES articles (id),
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  -- of the bytes that came, so that the same picture is not kept twice
  digest TEXT NOT NULL
);
CREATE INDEX article_images_of ON article_images (article_id, digest);

-- HTML of an older renderer is made anew; 0 where a snippet changed.
CREATE INDEX article_versions_by_renderer ON article_versions (renderer);
