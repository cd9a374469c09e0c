//! Statements that find accounts, alone and by what signs them in. (As queries of Diesel's builder these five took the compiler
//! three quarters of this crate's time.)

use latchkey_domain::{
    id::{SessionId, UserId},
    personal_token::PersonalTokenHash,
    user::Email,
};
use uuid::Uuid;

use super::Statement;
use crate::persistence::{
    rows::{
        personal_token::{PERSONAL_TOKEN_COLUMNS, PersonalTokenColumns},
        session::{SESSION_COLUMNS, SessionColumns},
        user::{USER_COLUMNS, UserColumns},
    },
    sql_types::Uid,
};

/// The account with this id.
pub fn user_by_id(id: UserId) -> Statement<UserColumns> {
    users().sql(" WHERE users.id = ").uuid(id)
}

/// The account with this address.
pub fn user_by_email(email: &Email) -> Statement<UserColumns> {
    users().sql(" WHERE users.email = ").text(email.as_str())
}

/// The first `limit` accounts after `after`, oldest first: ids are UUIDs of version 7, whose order is the order of time.
pub fn users_after(after: Option<UserId>, limit: i64) -> Statement<UserColumns> {
    users()
        .sql(" WHERE users.id > ")
        .uuid(after.map_or(Uid(Uuid::nil()), Uid::from))
        .sql(" ORDER BY users.id LIMIT ")
        .number(limit)
}

fn users() -> Statement<UserColumns> {
    Statement::new("SELECT ")
        .sql(USER_COLUMNS)
        .sql(" FROM users")
}

/// A session and its account.
pub fn user_by_session(id: SessionId) -> Statement<(UserColumns, SessionColumns)> {
    Statement::new("SELECT ")
        .sql(USER_COLUMNS)
        .sql(", ")
        .sql(SESSION_COLUMNS)
        .sql(" FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.id = ")
        .uuid(id)
}

/// A personal access token and its account.
pub fn user_by_personal_token(
    hash: PersonalTokenHash,
) -> Statement<(UserColumns, PersonalTokenColumns)> {
    Statement::new("SELECT ")
        .sql(USER_COLUMNS)
        .sql(", ")
        .sql(PERSONAL_TOKEN_COLUMNS)
        .sql(
            " FROM personal_tokens JOIN users ON users.id = personal_tokens.user_id \
             WHERE personal_tokens.hash = ",
        )
        .bytes(&hash.0)
}
