-- Requests that came with an Idempotency-Key, so that their repetition begins no second turn. Both MACs are keyed with a secret that is
-- not in here: a body may hold a provider key. `answer` is no foreign key: a key stays taken when its conversation is deleted.

CREATE TABLE once_keys (
    user_id     BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key_mac     BLOB NOT NULL CHECK (length(key_mac) = 32),
    request_mac BLOB NOT NULL CHECK (length(request_mac) = 32),
    answer      BLOB NOT NULL CHECK (length(answer) = 16),
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, key_mac)
) STRICT;
CREATE INDEX once_keys_expires_at ON once_keys (expires_at);
