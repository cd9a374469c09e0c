-- Conversations that stand in no list and go by themselves.
ALTER TABLE conversations ADD COLUMN temporary INTEGER NOT NULL DEFAULT 0 CHECK (temporary IN (0, 1));
CREATE INDEX conversations_temporary ON conversations (updated_at) WHERE temporary AND deleted_at IS NULL;
