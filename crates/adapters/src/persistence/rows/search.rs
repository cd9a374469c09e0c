//! Texts that wait for their words.

use diesel::{
    Queryable,
    sql_types::{BigInt, Nullable, Text},
};
use latchkey_domain::StoreError;

use super::Reading;
use crate::persistence::{
    sql_types::{DbUuid, Uid},
    statement::search::SearchText,
    text::AnyText,
};

/// The text of a message or the title of a conversation, as far as there is one.
#[derive(Debug, Queryable)]
pub struct PendingTextRow {
    pub user_id: Option<Uid>,
    pub team_id: Option<Uid>,
    pub conversation: i64,
    pub message: Option<Uid>,
    pub text: Option<AnyText>,
}

/// The columns of a [`PendingTextRow`].
pub type PendingTextColumns = (
    Nullable<DbUuid>,
    Nullable<DbUuid>,
    BigInt,
    Nullable<DbUuid>,
    Nullable<Text>,
);

impl PendingTextRow {
    /// The text with its words; `None` if it has none.
    pub fn into_search_text(self) -> Result<Option<SearchText>, StoreError> {
        let reading = Reading {
            table: "conversations",
            row: &self.conversation,
        };
        let owner = reading.owner(self.user_id, self.team_id)?;
        let text = self.text.map(AnyText::into_text);
        Ok(text.and_then(|text| SearchText::of(owner, self.conversation, self.message, &text)))
    }
}
