-- Where a POST stops such letters (RFC 8058); empty: nowhere.
ALTER TABLE sendings ADD COLUMN unsubscribe TEXT NOT NULL DEFAULT '';
