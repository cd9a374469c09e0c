-- Conversations as trees of messages, and the answers that are being written in them.
-- The provider's JSON is text, not jsonb: it goes back byte for byte as it came.

CREATE TABLE conversations (
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      uuid REFERENCES users (id) ON DELETE CASCADE,
    team_id      uuid REFERENCES teams (id) ON DELETE CASCADE,
    -- Chosen by the client; unique for its owner, also after its deletion.
    id           text COLLATE "C" NOT NULL,
    title        text,
    -- The title without case, for the search.
    title_folded text,
    model        text,
    system       text,
    key_id       uuid,
    shown_leaf   uuid,
    -- Set: a tombstone, whose content is gone.
    deleted_at   timestamptz,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT conversations_one_owner CHECK ((user_id IS NULL) <> (team_id IS NULL))
);
CREATE UNIQUE INDEX conversations_user_key ON conversations (user_id, id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX conversations_team_key ON conversations (team_id, id) WHERE team_id IS NOT NULL;
CREATE INDEX conversations_user_list ON conversations (user_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL AND user_id IS NOT NULL;
CREATE INDEX conversations_team_list ON conversations (team_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL AND team_id IS NOT NULL;

-- `seq` gives the order, so that a clock that steps back changes nothing. `parent` is checked where it is written:
-- messages go only with their whole conversation.
CREATE TABLE messages (
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    id            uuid PRIMARY KEY,
    conversation  bigint NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
    parent        uuid,
    role          text NOT NULL CHECK (role IN ('user', 'assistant')),
    content       text NOT NULL,
    next_turn     text,
    text          text NOT NULL,
    status        text NOT NULL CHECK (status IN ('complete', 'streaming', 'stopped', 'client_gone', 'interrupted', 'provider_error', 'failed')),
    status_detail text,
    model         text,
    stop_reason   text,
    created_at    timestamptz NOT NULL,
    completed_at  timestamptz,
    usage         text,
    usage_raw     text,
    cost_nano_usd bigint,
    price_version text,
    key_receipt   text
);
CREATE INDEX messages_siblings ON messages (conversation, parent, seq);

-- A running answer. The row goes when the answer ends; updates touch no index, so that the lease is cheap to renew.
CREATE TABLE answers (
    message        uuid PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    holder         uuid NOT NULL,
    lease_until    timestamptz NOT NULL,
    stop_requested boolean NOT NULL DEFAULT FALSE
) WITH (fillfactor = 50);

-- What a running answer got so far, in parts.
CREATE TABLE answer_journal (
    message     uuid NOT NULL REFERENCES answers (message) ON DELETE CASCADE,
    first_event bigint NOT NULL CHECK (first_event >= 0),
    events      bytea NOT NULL,
    PRIMARY KEY (message, first_event)
);
