-- The ledger and the audit: rows are only ever added and refer to nothing, so that they outlive what they speak of.
-- (With an account only the names that its owner typed go from its ledger rows.)

CREATE TABLE usage_events (
    id                  BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at                  INTEGER NOT NULL,
    -- The day of `at` in UTC.
    day                 TEXT NOT NULL,
    user_id             BLOB NOT NULL,
    payer_user_id       BLOB,
    payer_team_id       BLOB,
    key_id              BLOB,
    key_name            TEXT,
    conversation        TEXT,
    message             BLOB,
    model               TEXT NOT NULL,
    outcome             TEXT NOT NULL,
    -- Null: the provider said nothing that can be believed.
    input               INTEGER,
    output              INTEGER,
    cache_read          INTEGER,
    cache_write_5m      INTEGER,
    cache_write_1h      INTEGER,
    thinking            INTEGER,
    web_searches        INTEGER,
    web_fetches         INTEGER,
    tokens_final        INTEGER NOT NULL CHECK (tokens_final IN (0, 1)),
    -- Null: unknown, never 0.
    cost_nano_usd       INTEGER,
    price_version       TEXT NOT NULL,
    provider_request_id TEXT,
    CONSTRAINT usage_events_one_payer CHECK (payer_user_id IS NULL OR payer_team_id IS NULL)
) STRICT;
CREATE INDEX usage_events_user_day ON usage_events (user_id, day);

CREATE TABLE audit_events (
    seq           INTEGER NOT NULL PRIMARY KEY,
    id            BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    at            INTEGER NOT NULL,
    owner_user_id BLOB,
    owner_team_id BLOB,
    actor         BLOB,
    action        TEXT NOT NULL,
    subject       TEXT,
    CONSTRAINT audit_events_one_owner CHECK ((owner_user_id IS NULL) <> (owner_team_id IS NULL))
) STRICT;
CREATE INDEX audit_events_user ON audit_events (owner_user_id, seq DESC) WHERE owner_user_id IS NOT NULL;
CREATE INDEX audit_events_team ON audit_events (owner_team_id, seq DESC) WHERE owner_team_id IS NOT NULL;
