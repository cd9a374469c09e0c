ALTER TABLE usage_events DROP COLUMN saved_nano_usd;
ALTER TABLE messages DROP COLUMN saved_nano_usd;
