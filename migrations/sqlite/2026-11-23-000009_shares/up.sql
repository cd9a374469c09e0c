-- Links under which anybody can read a conversation up to a message. Only the hash of a link's secret is here.
CREATE TABLE shares (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    conversation INTEGER NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    title        TEXT,
    leaf         BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    expires_at   INTEGER
) STRICT;
CREATE UNIQUE INDEX shares_hash_key ON shares (hash);
CREATE INDEX shares_conversation ON shares (conversation);
