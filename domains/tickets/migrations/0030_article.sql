-- The article that was read before a request was sent; named by id without holding it.
ALTER TABLE tickets ADD COLUMN article_id UUID;
