-- Accounts, their sign-ins, and teams. Ids are 16 bytes, instants are microseconds since 1970.

CREATE TABLE users (
    id                BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email             TEXT NOT NULL UNIQUE,
    name              TEXT,
    role              TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    status            TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    password_hash     TEXT,
    security_version  INTEGER NOT NULL DEFAULT 1 CHECK (security_version >= 0),
    default_model     TEXT,
    on_disconnect     TEXT NOT NULL DEFAULT 'finish' CHECK (on_disconnect IN ('finish', 'stop')),
    prompt_cache      TEXT NOT NULL DEFAULT '5m' CHECK (prompt_cache IN ('off', '5m', '1h')),
    retention_days    INTEGER CHECK (retention_days BETWEEN 0 AND 65535),
    language          TEXT,
    time_zone         TEXT,
    terms_accepted_at INTEGER,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL
) STRICT;

-- A session is its family of refresh tokens; of the tokens only hashes are kept.
CREATE TABLE sessions (
    id                    BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id               BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    generation            INTEGER NOT NULL CHECK (generation >= 0),
    refresh_hash          BLOB NOT NULL CHECK (length(refresh_hash) = 32),
    previous_refresh_hash BLOB CHECK (length(previous_refresh_hash) = 32),
    user_agent            TEXT,
    created_at            INTEGER NOT NULL,
    refreshed_at          INTEGER NOT NULL,
    authenticated_at      INTEGER NOT NULL,
    expires_at            INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE reset_codes (
    hash       BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    user_id    BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX reset_codes_user_id ON reset_codes (user_id);

-- An owner is a user or a team, in every table that has one.
CREATE TABLE teams (
    id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
