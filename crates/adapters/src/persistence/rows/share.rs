//! Rows of `shares`, with the conversation that each shows.

use diesel::{
    Queryable,
    sql_types::{Binary, Nullable, Text},
};
use latchkey_domain::{
    StoreError,
    conversation::ConversationId,
    share::{Share, ShareTokenHash},
};

use super::Reading;
use crate::persistence::{
    sql_types::{DbTime, DbUuid, Ts, Uid},
    text::AnyText,
};

/// A link.
#[derive(Debug, Queryable)]
pub struct ShareRow {
    pub id: Uid,
    pub user_id: Option<Uid>,
    pub team_id: Option<Uid>,
    pub conversation: String,
    pub hash: Vec<u8>,
    pub title: Option<AnyText>,
    pub leaf: Uid,
    pub created_at: Ts,
    pub updated_at: Ts,
    pub expires_at: Option<Ts>,
}

/// The columns of a [`ShareRow`] in statements of our own, in its order, and their types.
pub const SHARE_COLUMNS: &str = "shares.id, conversations.user_id, conversations.team_id, conversations.id, shares.hash, \
    shares.title, shares.leaf, shares.created_at, shares.updated_at, shares.expires_at";
pub type ShareColumns = (
    DbUuid,
    Nullable<DbUuid>,
    Nullable<DbUuid>,
    Text,
    Binary,
    Nullable<Text>,
    DbUuid,
    DbTime,
    DbTime,
    Nullable<DbTime>,
);

impl TryFrom<ShareRow> for Share {
    type Error = StoreError;

    fn try_from(row: ShareRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "shares",
            row: &row.id.0,
        };
        Ok(Self {
            id: row.id.into(),
            owner: reading.owner(row.user_id, row.team_id)?,
            conversation: reading.value(
                "conversation",
                ConversationId::parse(&row.conversation).ok(),
            )?,
            hash: ShareTokenHash(reading.bytes("hash", &row.hash)?),
            title: row.title.map(AnyText::into_text),
            leaf: row.leaf.into(),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            expires_at: row.expires_at.map(Into::into),
        })
    }
}
