-- Pins, and the search over titles and messages. Words are made by the program; PostgreSQL only finds them again.
-- `conversations.title_folded` is read no more. It stays, so that an older process can go on beside a newer one.

ALTER TABLE conversations ADD COLUMN pinned boolean NOT NULL DEFAULT FALSE;
-- FALSE is what older programs stored: the search doesn't know it yet.
ALTER TABLE conversations ADD COLUMN searchable boolean NOT NULL DEFAULT FALSE;
CREATE INDEX conversations_user_pinned ON conversations (user_id, updated_at DESC, id DESC) WHERE pinned AND deleted_at IS NULL AND user_id IS NOT NULL;
CREATE INDEX conversations_team_pinned ON conversations (team_id, updated_at DESC, id DESC) WHERE pinned AND deleted_at IS NULL AND team_id IS NOT NULL;
CREATE INDEX conversations_not_searchable ON conversations (seq) WHERE NOT searchable AND deleted_at IS NULL;

-- What can be found: a message, or the title of a conversation; and its words, each once, behind the mark of their owner.
CREATE TABLE search_texts (
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation bigint NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
    message      uuid,
    words        tsvector NOT NULL
);
CREATE UNIQUE INDEX search_texts_messages ON search_texts (conversation, message);
CREATE UNIQUE INDEX search_texts_titles ON search_texts (conversation) WHERE message IS NULL;
CREATE INDEX search_texts_words ON search_texts USING gin (words);
