-- The owners' provider keys, the data keys that seal them, and what ties this database to its keyring.

CREATE TABLE api_keys (
    id                        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id                   uuid REFERENCES users (id) ON DELETE CASCADE,
    team_id                   uuid REFERENCES teams (id) ON DELETE CASCADE,
    provider                  text NOT NULL DEFAULT 'anthropic' CHECK (provider IN ('anthropic')),
    name                      varchar(255) NOT NULL,
    hint                      text NOT NULL,
    encrypted_key             bytea NOT NULL,
    data_key_version          bigint NOT NULL,
    record_version            bigint NOT NULL,
    fingerprint               bytea NOT NULL CHECK (octet_length(fingerprint) = 16),
    status                    text NOT NULL CHECK (status IN ('valid', 'unverified', 'invalid', 'no_credit', 'restricted', 'rate_limited', 'unreachable', 'expired', 'unreadable')),
    status_detail             text,
    is_active                 boolean NOT NULL DEFAULT TRUE,
    position                  integer NOT NULL DEFAULT 0,
    created_at                timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at                timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_used_at              timestamptz,
    last_verified_at          timestamptz,
    expires_at                timestamptz,
    rotated_at                timestamptz,
    -- The secret before a rotation, while calls may still use it.
    previous_encrypted_key    bytea,
    previous_data_key_version bigint,
    previous_expires_at       timestamptz,
    CONSTRAINT api_keys_one_owner CHECK ((user_id IS NULL) <> (team_id IS NULL)),
    CONSTRAINT api_keys_previous_is_whole CHECK (
        (previous_encrypted_key IS NULL) = (previous_data_key_version IS NULL)
        AND (previous_encrypted_key IS NULL) = (previous_expires_at IS NULL))
);
CREATE INDEX api_keys_user_id ON api_keys (user_id, position);
CREATE INDEX api_keys_team_id ON api_keys (team_id, position);
-- The same secret twice is refused here, not by a look beforehand.
CREATE UNIQUE INDEX api_keys_user_fingerprint ON api_keys (user_id, fingerprint) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX api_keys_team_fingerprint ON api_keys (team_id, fingerprint) WHERE team_id IS NOT NULL;

CREATE TABLE data_keys (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid REFERENCES users (id) ON DELETE CASCADE,
    team_id      uuid REFERENCES teams (id) ON DELETE CASCADE,
    version      bigint NOT NULL CHECK (version > 0),
    root_version bigint NOT NULL,
    wrapped      bytea NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT data_keys_one_owner CHECK ((user_id IS NULL) <> (team_id IS NULL))
);
CREATE UNIQUE INDEX data_keys_user_version ON data_keys (user_id, version) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX data_keys_team_version ON data_keys (team_id, version) WHERE team_id IS NOT NULL;

CREATE TABLE crypto_state (
    id                  integer PRIMARY KEY CHECK (id = 1),
    deployment          bytea NOT NULL CHECK (octet_length(deployment) = 16),
    active_root_version bigint NOT NULL,
    min_root_version    bigint NOT NULL
);

-- A known text sealed under each root key, to prove a keyring before it is used.
CREATE TABLE canaries (
    root_version bigint PRIMARY KEY,
    sealed       bytea NOT NULL
);
