-- Articles that messages of staff link to. The message names its ticket, also after a merge.
CREATE TABLE article_uses (
  message_id UUID NOT NULL,
  article_id UUID NOT NULL REFERENCES articles (id),
  used_at BIGINT NOT NULL,
  PRIMARY KEY (message_id, article_id)
);
CREATE INDEX article_uses_of ON article_uses (article_id, used_at, message_id);

-- Articles that were made of tickets.
CREATE TABLE article_sources (
  article_id UUID NOT NULL PRIMARY KEY REFERENCES articles (id),
  ticket_id UUID NOT NULL REFERENCES tickets (id)
);
CREATE INDEX article_sources_of ON article_sources (ticket_id);
