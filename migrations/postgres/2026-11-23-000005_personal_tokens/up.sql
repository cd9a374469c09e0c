-- Tokens with which a person's scripts sign in; of a token only its hash is kept. Scopes are names with a space between two.

CREATE TABLE personal_tokens (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         text NOT NULL,
    scopes       text NOT NULL CHECK (scopes <> ''),
    hash         bytea NOT NULL CHECK (octet_length(hash) = 32),
    hint         text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_used_at timestamptz,
    expires_at   timestamptz,
    CONSTRAINT personal_tokens_hash_key UNIQUE (hash)
);
CREATE INDEX personal_tokens_user_id ON personal_tokens (user_id);
