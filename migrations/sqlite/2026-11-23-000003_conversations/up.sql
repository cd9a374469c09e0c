-- Conversations as trees of messages, and the answers that are being written in them.
-- The provider's JSON is text: it goes back byte for byte as it came.

CREATE TABLE conversations (
    seq          INTEGER NOT NULL PRIMARY KEY,
    user_id      BLOB REFERENCES users (id) ON DELETE CASCADE,
    team_id      BLOB REFERENCES teams (id) ON DELETE CASCADE,
    -- Chosen by the client; unique for its owner, also after its deletion.
    id           TEXT NOT NULL,
    title        TEXT,
    -- The title without case, for the search.
    title_folded TEXT,
    model        TEXT,
    system       TEXT,
    key_id       BLOB,
    shown_leaf   BLOB,
    -- Set: a tombstone, whose content is gone.
    deleted_at   INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    CONSTRAINT conversations_one_owner CHECK ((user_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX conversations_user_key ON conversations (user_id, id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX conversations_team_key ON conversations (team_id, id) WHERE team_id IS NOT NULL;
CREATE INDEX conversations_user_list ON conversations (user_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL AND user_id IS NOT NULL;
CREATE INDEX conversations_team_list ON conversations (team_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL AND team_id IS NOT NULL;

-- `seq` gives the order, so that a clock that steps back changes nothing. `parent` is checked where it is written:
-- messages go only with their whole conversation.
CREATE TABLE messages (
    seq           INTEGER NOT NULL PRIMARY KEY,
    id            BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    conversation  INTEGER NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
    parent        BLOB,
    role          TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    content       TEXT NOT NULL,
    next_turn     TEXT,
    text          TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('complete', 'streaming', 'stopped', 'client_gone', 'interrupted', 'provider_error', 'failed')),
    status_detail TEXT,
    model         TEXT,
    stop_reason   TEXT,
    created_at    INTEGER NOT NULL,
    completed_at  INTEGER,
    usage         TEXT,
    usage_raw     TEXT,
    cost_nano_usd INTEGER,
    price_version TEXT,
    key_receipt   TEXT
) STRICT;
CREATE INDEX messages_siblings ON messages (conversation, parent, seq);

-- A running answer. The row goes when the answer ends.
CREATE TABLE answers (
    message        BLOB NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    holder         BLOB NOT NULL,
    lease_until    INTEGER NOT NULL,
    stop_requested INTEGER NOT NULL DEFAULT 0 CHECK (stop_requested IN (0, 1))
) STRICT;

-- What a running answer got so far, in parts.
CREATE TABLE answer_journal (
    message     BLOB NOT NULL REFERENCES answers (message) ON DELETE CASCADE,
    first_event INTEGER NOT NULL CHECK (first_event >= 0),
    events      BLOB NOT NULL,
    PRIMARY KEY (message, first_event)
) STRICT;
