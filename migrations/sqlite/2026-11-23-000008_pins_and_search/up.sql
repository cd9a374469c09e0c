-- Pins, and the search over titles and messages. Words are made by the program; SQLite only finds them again.
-- `conversations.title_folded` is read no more. It stays, so that an older process can go on beside a newer one.

ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
-- 0 is what older programs stored: the search doesn't know it yet.
ALTER TABLE conversations ADD COLUMN searchable INTEGER NOT NULL DEFAULT 0 CHECK (searchable IN (0, 1));
CREATE INDEX conversations_user_pinned ON conversations (user_id, updated_at DESC, id DESC) WHERE pinned AND deleted_at IS NULL AND user_id IS NOT NULL;
CREATE INDEX conversations_team_pinned ON conversations (team_id, updated_at DESC, id DESC) WHERE pinned AND deleted_at IS NULL AND team_id IS NOT NULL;
CREATE INDEX conversations_not_searchable ON conversations (seq) WHERE NOT searchable AND deleted_at IS NULL;

-- What can be found: a message, or the title of a conversation.
CREATE TABLE search_texts (
    seq          INTEGER NOT NULL PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
    message      BLOB
) STRICT;
CREATE UNIQUE INDEX search_texts_messages ON search_texts (conversation, message);
CREATE UNIQUE INDEX search_texts_titles ON search_texts (conversation) WHERE message IS NULL;

-- Its words, each once, behind the mark of their owner; `rowid` is `search_texts.seq`. The tokenizer takes the words as they are:
-- they hold no ASCII but small letters and digits.
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- Also when a row goes with its conversation, or that with its account.
CREATE TRIGGER search_words_go AFTER DELETE ON search_texts BEGIN
    DELETE FROM search_words WHERE rowid = old.seq;
END;
