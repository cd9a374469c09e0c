//! Rows of `sessions`.

use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use latchkey_domain::{
    StoreError,
    session::{RefreshTokenHash, Session},
};

use super::{Reading, SelectedColumns};
use crate::persistence::{
    schema::sessions,
    sql_types::{Ts, Uid},
    text::AnyText,
};

/// A sign-in.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub struct SessionRow {
    pub id: Uid,
    pub user_id: Uid,
    pub generation: i64,
    pub refresh_hash: Vec<u8>,
    pub previous_refresh_hash: Option<Vec<u8>>,
    pub user_agent: Option<AnyText>,
    pub created_at: Ts,
    pub refreshed_at: Ts,
    pub authenticated_at: Ts,
    pub expires_at: Ts,
}

/// The columns of a [`SessionRow`] in statements of our own, in its order, and their types.
pub const SESSION_COLUMNS: &str = "sessions.id, sessions.user_id, sessions.generation, sessions.refresh_hash, \
    sessions.previous_refresh_hash, sessions.user_agent, sessions.created_at, sessions.refreshed_at, \
    sessions.authenticated_at, sessions.expires_at";
pub type SessionColumns = SelectedColumns<SessionRow>;

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.into(),
            user_id: session.user.into(),
            generation: session.generation.into(),
            refresh_hash: session.refresh_hash.0.to_vec(),
            previous_refresh_hash: session.previous_refresh_hash.map(|hash| hash.0.to_vec()),
            user_agent: session.user_agent.as_deref().map(AnyText::from),
            created_at: session.created_at.into(),
            refreshed_at: session.refreshed_at.into(),
            authenticated_at: session.authenticated_at.into(),
            expires_at: session.expires_at.into(),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "sessions",
            row: &row.id.0,
        };
        let previous = row
            .previous_refresh_hash
            .map(|hash| reading.bytes("previous_refresh_hash", &hash))
            .transpose()?;
        Ok(Self {
            id: row.id.into(),
            user: row.user_id.into(),
            generation: reading.number("generation", row.generation)?,
            refresh_hash: RefreshTokenHash(reading.bytes("refresh_hash", &row.refresh_hash)?),
            previous_refresh_hash: previous.map(RefreshTokenHash),
            user_agent: row.user_agent.map(AnyText::into_text),
            created_at: row.created_at.into(),
            refreshed_at: row.refreshed_at.into(),
            authenticated_at: row.authenticated_at.into(),
            expires_at: row.expires_at.into(),
        })
    }
}
