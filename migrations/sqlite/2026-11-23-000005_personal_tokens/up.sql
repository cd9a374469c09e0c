-- Tokens with which a person's scripts sign in; of a token only its hash is kept. Scopes are names with a space between two.

CREATE TABLE personal_tokens (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id      BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    scopes       TEXT NOT NULL CHECK (scopes <> ''),
    hash         BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    hint         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at   INTEGER
) STRICT;
CREATE INDEX personal_tokens_user_id ON personal_tokens (user_id);
