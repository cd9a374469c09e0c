-- Links under which anybody can read a conversation up to a message. Only the hash of a link's secret is here.
CREATE TABLE shares (
    id           uuid PRIMARY KEY,
    conversation bigint NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
    hash         bytea NOT NULL CHECK (octet_length(hash) = 32),
    title        text,
    leaf         uuid NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    expires_at   timestamptz
);
CREATE UNIQUE INDEX shares_hash_key ON shares (hash);
CREATE INDEX shares_conversation ON shares (conversation);
