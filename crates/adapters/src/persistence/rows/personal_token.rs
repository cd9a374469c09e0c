//! Rows of `personal_tokens`.

use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use latchkey_domain::{
    StoreError,
    personal_token::{PersonalToken, PersonalTokenHash, Scopes},
};

use super::{Reading, SelectedColumns};
use crate::persistence::{
    schema::personal_tokens,
    sql_types::{Ts, Uid},
    text::AnyText,
};

/// A personal access token.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = personal_tokens, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub struct PersonalTokenRow {
    pub id: Uid,
    pub user_id: Uid,
    pub name: AnyText,
    pub scopes: String,
    pub hash: Vec<u8>,
    pub hint: String,
    pub created_at: Ts,
    pub last_used_at: Option<Ts>,
    pub expires_at: Option<Ts>,
}

/// The columns of a [`PersonalTokenRow`] in statements of our own, in its order, and their types.
pub const PERSONAL_TOKEN_COLUMNS: &str = "personal_tokens.id, personal_tokens.user_id, personal_tokens.name, \
    personal_tokens.scopes, personal_tokens.hash, personal_tokens.hint, personal_tokens.created_at, \
    personal_tokens.last_used_at, personal_tokens.expires_at";
pub type PersonalTokenColumns = SelectedColumns<PersonalTokenRow>;

impl From<&PersonalToken> for PersonalTokenRow {
    fn from(token: &PersonalToken) -> Self {
        Self {
            id: token.id.into(),
            user_id: token.user.into(),
            name: AnyText::from(token.name.as_str()),
            scopes: token.scopes.to_string(),
            hash: token.hash.0.to_vec(),
            hint: token.hint.clone(),
            created_at: token.created_at.into(),
            last_used_at: token.last_used_at.map(Ts),
            expires_at: token.expires_at.map(Ts),
        }
    }
}

impl TryFrom<PersonalTokenRow> for PersonalToken {
    type Error = StoreError;

    fn try_from(row: PersonalTokenRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "personal_tokens",
            row: &row.id.0,
        };
        Ok(Self {
            id: row.id.into(),
            user: row.user_id.into(),
            name: row.name.into_text(),
            scopes: reading.value("scopes", Scopes::from_stored(&row.scopes))?,
            hash: PersonalTokenHash(reading.bytes("hash", &row.hash)?),
            hint: row.hint,
            created_at: row.created_at.into(),
            last_used_at: row.last_used_at.map(Into::into),
            expires_at: row.expires_at.map(Into::into),
        })
    }
}
