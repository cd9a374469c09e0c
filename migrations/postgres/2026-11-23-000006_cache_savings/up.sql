-- What the prompt cache saved: the cost of the same call without it, less its cost. Null: unknown.
ALTER TABLE messages ADD COLUMN saved_nano_usd bigint;
ALTER TABLE usage_events ADD COLUMN saved_nano_usd bigint;

-- Of earlier calls it is known where the cache had no part in them.
UPDATE usage_events SET saved_nano_usd = 0
    WHERE cost_nano_usd IS NOT NULL AND cache_read = 0 AND cache_write_5m = 0 AND cache_write_1h = 0;
