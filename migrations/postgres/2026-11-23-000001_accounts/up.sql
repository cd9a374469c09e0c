-- Accounts, their sign-ins, and teams.

CREATE TABLE users (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email             text NOT NULL,
    name              text,
    role              text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    status            text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    password_hash     text,
    security_version  bigint NOT NULL DEFAULT 1 CHECK (security_version >= 0),
    default_model     text,
    on_disconnect     text NOT NULL DEFAULT 'finish' CHECK (on_disconnect IN ('finish', 'stop')),
    prompt_cache      text NOT NULL DEFAULT '5m' CHECK (prompt_cache IN ('off', '5m', '1h')),
    retention_days    integer CHECK (retention_days BETWEEN 0 AND 65535),
    language          text,
    time_zone         text,
    terms_accepted_at timestamptz,
    created_at        timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at        timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT users_email_key UNIQUE (email)
);

-- A session is its family of refresh tokens; of the tokens only hashes are kept.
CREATE TABLE sessions (
    id                    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id               uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    generation            bigint NOT NULL CHECK (generation >= 0),
    refresh_hash          bytea NOT NULL CHECK (octet_length(refresh_hash) = 32),
    previous_refresh_hash bytea CHECK (octet_length(previous_refresh_hash) = 32),
    user_agent            text,
    created_at            timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    refreshed_at          timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    authenticated_at      timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at            timestamptz NOT NULL
);
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE reset_codes (
    hash       bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz NOT NULL
);
CREATE INDEX reset_codes_user_id ON reset_codes (user_id);

-- An owner is a user or a team, in every table that has one.
CREATE TABLE teams (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
