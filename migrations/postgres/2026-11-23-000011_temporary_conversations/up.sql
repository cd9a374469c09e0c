-- Conversations that stand in no list and go by themselves.
ALTER TABLE conversations ADD COLUMN temporary boolean NOT NULL DEFAULT FALSE;
CREATE INDEX conversations_temporary ON conversations (updated_at) WHERE temporary AND deleted_at IS NULL;
