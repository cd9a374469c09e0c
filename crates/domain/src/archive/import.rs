//! Conversations from elsewhere.

use std::collections::{BTreeMap, HashMap};

use crate::{
    conversation::{ConversationId, Message},
    id::MessageId,
    llm::{ModelId, TurnRole},
    owner::Owner,
    raw_json::RawJson,
    time::Timestamp,
};

/// A conversation as another service exported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedConversation {
    /// Its id here: made of the one that it had there, so that the same conversation always gets the same.
    pub id: ConversationId,
    /// Its title.
    pub title: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// Its messages: a parent before its children; at least one.
    pub messages: Vec<ImportedMessage>,
    /// The last message that was shown there.
    pub shown: Option<MessageId>,
    /// What of it isn't taken over as it was, how often.
    pub left_out: LeftOut,
}

/// A message of such a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedMessage {
    /// Its id here: made of its owner, its conversation and the id that it had there, so that the same message always gets the same.
    pub id: MessageId,
    /// The message before it.
    pub parent: Option<MessageId>,
    /// Who wrote it.
    pub role: TurnRole,
    /// Content blocks in the provider's form.
    pub content: RawJson,
    /// What of it goes into the next turn, if that is less than all.
    pub next_turn: Option<RawJson>,
    /// The text of all text blocks.
    pub text: String,
    /// The model that wrote it, whosever it is.
    pub model: Option<ModelId>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// What isn't taken over as it was: a word for each kind, and how often.
pub type LeftOut = BTreeMap<&'static str, u64>;

/// Why a conversation is not taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// It has more bytes than one may have.
    TooLarge,
    /// It isn't JSON, or not as its service writes it.
    Unreadable,
    /// It isn't of a service whose exports are known.
    UnknownForm,
    /// There is nothing to read in it.
    Empty,
    /// It last changed longer ago than its owner keeps conversations.
    TooOld,
    /// It was imported before, and deleted.
    Deleted,
    /// Another conversation has its id.
    IdTaken,
}

impl SkipReason {
    /// The reason's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Unreadable => "unreadable",
            Self::UnknownForm => "unknown_form",
            Self::Empty => "empty",
            Self::TooOld => "too_old",
            Self::Deleted => "deleted",
            Self::IdTaken => "id_taken",
        }
    }
}

/// An item of an export that is no conversation to be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotImported {
    /// Its title, if that could be read.
    pub title: Option<String>,
    /// Why.
    pub reason: SkipReason,
}

impl From<SkipReason> for NotImported {
    fn from(reason: SkipReason) -> Self {
        Self {
            title: None,
            reason,
        }
    }
}

/// Reads what other services export.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ImportFormat: Send + Sync {
    /// The conversation that this item of an export's list is, for `owner`. The same item gives the same ids for the same owner, and others for
    /// another.
    ///
    /// # Errors
    /// [`NotImported`] because of [`SkipReason::Unreadable`], [`SkipReason::UnknownForm`] or [`SkipReason::Empty`].
    fn read(&self, owner: Owner, item: &[u8]) -> Result<ImportedConversation, NotImported>;
}

/// The message that is shown once the messages `added` are stored: `wanted`, if the branch that is shown goes on to it; else what is shown stays.
pub fn leaf_after_import<'a>(
    shown: Option<MessageId>,
    wanted: Option<MessageId>,
    added: impl IntoIterator<Item = &'a Message>,
) -> Option<MessageId> {
    let parents: HashMap<MessageId, Option<MessageId>> = added
        .into_iter()
        .map(|message| (message.id, message.parent))
        .collect();
    let mut above = wanted;
    // No branch is longer than there are messages.
    for _ in 0..=parents.len() {
        match above.and_then(|message| parents.get(&message)) {
            Some(parent) => above = *parent,
            None => break,
        }
    }
    if above == shown { wanted } else { shown }
}
