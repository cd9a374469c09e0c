-- The ledger and the audit: rows are only ever added and refer to nothing, so that they outlive what they speak of.
-- (With an account only the names that its owner typed go from its ledger rows.)

CREATE TABLE usage_events (
    id                  uuid PRIMARY KEY,
    at                  timestamptz NOT NULL,
    -- The day of `at` in UTC.
    day                 date NOT NULL,
    user_id             uuid NOT NULL,
    payer_user_id       uuid,
    payer_team_id       uuid,
    key_id              uuid,
    key_name            text,
    conversation        text COLLATE "C",
    message             uuid,
    model               text COLLATE "C" NOT NULL,
    outcome             text NOT NULL,
    -- Null: the provider said nothing that can be believed.
    input               bigint,
    output              bigint,
    cache_read          bigint,
    cache_write_5m      bigint,
    cache_write_1h      bigint,
    thinking            bigint,
    web_searches        bigint,
    web_fetches         bigint,
    tokens_final        boolean NOT NULL,
    -- Null: unknown, never 0.
    cost_nano_usd       bigint,
    price_version       text NOT NULL,
    provider_request_id text,
    CONSTRAINT usage_events_one_payer CHECK (payer_user_id IS NULL OR payer_team_id IS NULL)
);
CREATE INDEX usage_events_user_day ON usage_events (user_id, day);

CREATE TABLE audit_events (
    seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            uuid NOT NULL UNIQUE,
    at            timestamptz NOT NULL,
    owner_user_id uuid,
    owner_team_id uuid,
    actor         uuid,
    action        text NOT NULL,
    subject       text,
    CONSTRAINT audit_events_one_owner CHECK ((owner_user_id IS NULL) <> (owner_team_id IS NULL))
);
CREATE INDEX audit_events_user ON audit_events (owner_user_id, seq DESC) WHERE owner_user_id IS NOT NULL;
CREATE INDEX audit_events_team ON audit_events (owner_team_id, seq DESC) WHERE owner_team_id IS NOT NULL;
