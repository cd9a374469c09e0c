//! Statements about keys of requests that are carried out once.

use diesel::sql_types::Binary;
use latchkey_domain::{
    Timestamp,
    conversation::{Once, OnceKeyMac},
    id::{MessageId, UserId},
};

use super::Statement;
use crate::persistence::sql_types::DbUuid;

/// Takes a key for `answer` if it is free at `now`; gives the answer then, else nothing. Whoever takes the same key meanwhile is waited for.
pub fn take_once_key(once: &Once, answer: MessageId, now: Timestamp) -> Statement<DbUuid> {
    Statement::new("INSERT INTO once_keys (user_id, key_mac, request_mac, answer, expires_at) VALUES (")
        .uuid(once.user)
        .sql(", ")
        .bytes(&once.named.key.0)
        .sql(", ")
        .bytes(&once.named.request.0)
        .sql(", ")
        .uuid(answer)
        .sql(", ")
        .time(once.expires_at)
        .sql(
            ") ON CONFLICT (user_id, key_mac) DO UPDATE SET request_mac = excluded.request_mac, \
             answer = excluded.answer, expires_at = excluded.expires_at WHERE once_keys.expires_at <= ",
        )
        .time(now)
        .sql(" RETURNING answer")
}

/// What a key of `user` was taken for, unless it is free at `now`: the MAC of the request, and the answer.
pub fn once_key(user: UserId, key: OnceKeyMac, now: Timestamp) -> Statement<(Binary, DbUuid)> {
    Statement::new("SELECT request_mac, answer FROM once_keys WHERE user_id = ")
        .uuid(user)
        .sql(" AND key_mac = ")
        .bytes(&key.0)
        .sql(" AND expires_at > ")
        .time(now)
}

/// Deletes the keys that are free at `now`.
pub fn delete_free_once_keys(now: Timestamp) -> Statement<()> {
    Statement::new("DELETE FROM once_keys WHERE expires_at <= ").time(now)
}
