-- The owners' provider keys, the data keys that seal them, and what ties this database to its keyring.

CREATE TABLE api_keys (
    id                        BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id                   BLOB REFERENCES users (id) ON DELETE CASCADE,
    team_id                   BLOB REFERENCES teams (id) ON DELETE CASCADE,
    provider                  TEXT NOT NULL DEFAULT 'anthropic' CHECK (provider IN ('anthropic')),
    name                      TEXT NOT NULL CHECK (length(name) <= 255),
    hint                      TEXT NOT NULL,
    encrypted_key             BLOB NOT NULL,
    data_key_version          INTEGER NOT NULL,
    record_version            INTEGER NOT NULL,
    fingerprint               BLOB NOT NULL CHECK (length(fingerprint) = 16),
    status                    TEXT NOT NULL CHECK (status IN ('valid', 'unverified', 'invalid', 'no_credit', 'restricted', 'rate_limited', 'unreachable', 'expired', 'unreadable')),
    status_detail             TEXT,
    is_active                 INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    position                  INTEGER NOT NULL DEFAULT 0,
    created_at                INTEGER NOT NULL,
    updated_at                INTEGER NOT NULL,
    last_used_at              INTEGER,
    last_verified_at          INTEGER,
    expires_at                INTEGER,
    rotated_at                INTEGER,
    -- The secret before a rotation, while calls may still use it.
    previous_encrypted_key    BLOB,
    previous_data_key_version INTEGER,
    previous_expires_at       INTEGER,
    CONSTRAINT api_keys_one_owner CHECK ((user_id IS NULL) <> (team_id IS NULL)),
    CONSTRAINT api_keys_previous_is_whole CHECK (
        (previous_encrypted_key IS NULL) = (previous_data_key_version IS NULL)
        AND (previous_encrypted_key IS NULL) = (previous_expires_at IS NULL))
) STRICT;
CREATE INDEX api_keys_user_id ON api_keys (user_id, position);
CREATE INDEX api_keys_team_id ON api_keys (team_id, position);
-- The same secret twice is refused here, not by a look beforehand.
CREATE UNIQUE INDEX api_keys_user_fingerprint ON api_keys (user_id, fingerprint) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX api_keys_team_fingerprint ON api_keys (team_id, fingerprint) WHERE team_id IS NOT NULL;

CREATE TABLE data_keys (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id      BLOB REFERENCES users (id) ON DELETE CASCADE,
    team_id      BLOB REFERENCES teams (id) ON DELETE CASCADE,
    version      INTEGER NOT NULL CHECK (version > 0),
    root_version INTEGER NOT NULL,
    wrapped      BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    CONSTRAINT data_keys_one_owner CHECK ((user_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX data_keys_user_version ON data_keys (user_id, version) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX data_keys_team_version ON data_keys (team_id, version) WHERE team_id IS NOT NULL;

CREATE TABLE crypto_state (
    id                  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    deployment          BLOB NOT NULL CHECK (length(deployment) = 16),
    active_root_version INTEGER NOT NULL,
    min_root_version    INTEGER NOT NULL
) STRICT;

-- A known text sealed under each root key, to prove a keyring before it is used.
CREATE TABLE canaries (
    root_version INTEGER NOT NULL PRIMARY KEY,
    sealed       BLOB NOT NULL
) STRICT;
