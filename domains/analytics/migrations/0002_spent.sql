-- Time spent is counted too: what happened since the first of it is read again. Counting twice changes nothing.
UPDATE readers SET seq = (SELECT MIN(seq) - 1 FROM events WHERE kind LIKE 'worklog.time_%')
WHERE name = 'analytics' AND seq >= (SELECT MIN(seq) FROM events WHERE kind LIKE 'worklog.time_%');
