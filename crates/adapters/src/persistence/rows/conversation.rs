//! Rows of `conversations`.

use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use latchkey_domain::{
    StoreError,
    conversation::{Conversation, ConversationChange, ConversationId},
    llm::ModelId,
    time::Timestamp,
};

use super::{Reading, SelectedColumns, owner_columns};
use crate::persistence::{
    schema::conversations,
    sql_types::{Ts, Uid},
    text::AnyText,
};

/// A conversation, or the tombstone of one.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = conversations, check_for_backend(Pg, Sqlite))]
pub struct ConversationRow {
    pub user_id: Option<Uid>,
    pub team_id: Option<Uid>,
    pub id: String,
    pub title: Option<AnyText>,
    pub model: Option<String>,
    pub system: Option<AnyText>,
    pub key_id: Option<Uid>,
    pub pinned: bool,
    pub temporary: bool,
    pub shown_leaf: Option<Uid>,
    pub deleted_at: Option<Ts>,
    pub created_at: Ts,
    pub updated_at: Ts,
}

/// The columns of a [`ConversationRow`] in statements of our own, in its order, and their types.
pub const CONVERSATION_COLUMNS: &str = "conversations.user_id, conversations.team_id, conversations.id, conversations.title, \
    conversations.model, conversations.system, conversations.key_id, conversations.pinned, conversations.temporary, conversations.shown_leaf, \
    conversations.deleted_at, conversations.created_at, conversations.updated_at";
pub type ConversationColumns = SelectedColumns<ConversationRow>;

/// A new conversation.
#[derive(Debug, Insertable)]
#[diesel(table_name = conversations, treat_none_as_default_value = false)]
pub struct NewConversationRow {
    pub user_id: Option<Uid>,
    pub team_id: Option<Uid>,
    pub id: String,
    pub title: Option<AnyText>,
    pub model: Option<String>,
    pub system: Option<AnyText>,
    pub key_id: Option<Uid>,
    pub pinned: bool,
    pub temporary: bool,
    pub shown_leaf: Option<Uid>,
    pub searchable: bool,
    pub created_at: Ts,
    pub updated_at: Ts,
}

/// What an owner's change writes.
#[expect(
    clippy::option_option,
    reason = "so Diesel tells what stays from what becomes NULL"
)]
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = conversations)]
pub struct ConversationChangeRow {
    pub title: Option<Option<AnyText>>,
    pub model: Option<Option<String>>,
    pub system: Option<Option<AnyText>>,
    pub key_id: Option<Option<Uid>>,
    pub shown_leaf: Option<Uid>,
    pub pinned: Option<bool>,
    pub temporary: Option<bool>,
    pub updated_at: Option<Ts>,
}

/// What is left of a deleted conversation: its key, and when it went.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = conversations, treat_none_as_null = true)]
pub struct TombstoneRow {
    title: Option<AnyText>,
    model: Option<String>,
    system: Option<AnyText>,
    key_id: Option<Uid>,
    shown_leaf: Option<Uid>,
    deleted_at: Option<Ts>,
    updated_at: Ts,
}

impl TombstoneRow {
    /// The tombstone of a conversation that is deleted at `at`.
    pub fn new(at: Timestamp) -> Self {
        Self {
            title: None,
            model: None,
            system: None,
            key_id: None,
            shown_leaf: None,
            deleted_at: Some(at.into()),
            updated_at: at.into(),
        }
    }
}

impl ConversationChangeRow {
    /// The columns that `change` writes at `at`, but for the leaf: which that is, the store has to look up.
    pub fn new(change: &ConversationChange, at: Timestamp) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(AnyText::from);
        let model = |model: &Option<ModelId>| model.as_ref().map(|model| model.as_str().to_owned());
        Self {
            title: change.title.as_ref().map(text),
            model: change.model.as_ref().map(model),
            system: change.system.as_ref().map(text),
            key_id: change.key.map(|key| key.map(Uid::from)),
            shown_leaf: None,
            pinned: change.pinned,
            temporary: change.keep.then_some(false),
            updated_at: (!change.only_pins()).then_some(at.into()),
        }
    }
}

impl From<&Conversation> for NewConversationRow {
    fn from(conversation: &Conversation) -> Self {
        let (user_id, team_id) = owner_columns(conversation.owner);
        Self {
            user_id,
            team_id,
            id: conversation.id.as_str().to_owned(),
            title: conversation.title.as_deref().map(AnyText::from),
            model: conversation
                .model
                .as_ref()
                .map(|model| model.as_str().to_owned()),
            system: conversation.system.as_deref().map(AnyText::from),
            key_id: conversation.key.map(Uid::from),
            pinned: conversation.pinned,
            temporary: conversation.temporary,
            shown_leaf: conversation.shown_leaf.map(Uid::from),
            // Its texts are made findable where they are written.
            searchable: true,
            created_at: conversation.created_at.into(),
            updated_at: conversation.updated_at.into(),
        }
    }
}

impl TryFrom<ConversationRow> for Conversation {
    type Error = StoreError;

    fn try_from(row: ConversationRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "conversations",
            row: &row.id,
        };
        let model = row
            .model
            .map(|model| reading.value("model", ModelId::parse(&model).ok()))
            .transpose()?;
        Ok(Self {
            owner: reading.owner(row.user_id, row.team_id)?,
            id: reading.value("id", ConversationId::parse(&row.id).ok())?,
            title: row.title.map(AnyText::into_text),
            model,
            system: row.system.map(AnyText::into_text),
            key: row.key_id.map(Into::into),
            pinned: row.pinned,
            temporary: row.temporary,
            shown_leaf: row.shown_leaf.map(Into::into),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        })
    }
}
