//! The store of conversations and their messages.

use async_trait::async_trait;

use super::{Conversation, ConversationId, Message, MessageStatus};
use crate::{
    error::StoreError,
    id::{ApiKeyId, MessageId},
    llm::{ModelId, Turn},
    owner::Owner,
    page::{Page, PageRequest},
    time::Timestamp,
};

/// What stands under a conversation's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConversationLookup {
    /// Nothing, ever.
    Unknown,
    /// A conversation that was deleted; the id is never used again.
    Deleted,
    /// This conversation.
    Found(Conversation),
}

/// Place in the list of conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationCursor {
    /// `updated_at` of the last item.
    pub updated_at: Timestamp,
    /// Its id.
    pub id: ConversationId,
}

/// Which conversations are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationQuery {
    /// Only pinned ones, or only others.
    pub pinned: Option<bool>,
    /// Which part of the list.
    pub page: PageRequest<ConversationCursor>,
}

/// A change of a conversation; what is `None` stays, `Some(None)` takes away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConversationChange {
    /// The title.
    pub title: Option<Option<String>>,
    /// The model of its next message.
    pub model: Option<Option<ModelId>>,
    /// The system prompt.
    pub system: Option<Option<String>>,
    /// The pinned key; the caller has checked that the owner has it.
    pub key: Option<Option<ApiKeyId>>,
    /// The message whose branch shall be shown, down to the newest message below it.
    pub shown: Option<MessageId>,
    /// Whether it is pinned. Alone, this is no change that moves it in the list: `updated_at` stays.
    pub pinned: Option<bool>,
    /// Whether a temporary conversation shall stay from now on, like any other.
    pub keep: bool,
}

impl ConversationChange {
    /// Whether it says nothing but whether the conversation is pinned.
    pub fn only_pins(&self) -> bool {
        self.pinned.is_some()
            && *self
                == Self {
                    pinned: self.pinned,
                    ..Self::default()
                }
    }
}

/// A message with its place among its siblings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathMessage {
    /// The message.
    pub message: Message,
    /// Its place among the messages with the same parent, oldest first, from 0.
    pub sibling_index: u32,
    /// How many there are.
    pub sibling_count: u32,
    /// The sibling before it.
    pub previous_sibling: Option<MessageId>,
    /// The sibling after it.
    pub next_sibling: Option<MessageId>,
}

/// Where the branch ends that a turn goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BranchEnd {
    /// In the last message that is shown.
    ShownLeaf,
    /// In this message.
    Message(MessageId),
    /// Before the first message: the branch is empty.
    Root,
}

/// A conversation with one of its branches, as a turn that goes on there needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// What stands under the conversation's id.
    pub conversation: ConversationLookup,
    /// The message in which the branch ends; `None` if there is no such message in this conversation.
    pub leaf: Option<BranchLeaf>,
    /// The turns from the root to the leaf, oldest first, as they go to the provider: `next_turn` where there is one,
    /// empty ones left out.
    pub turns: Vec<Turn>,
}

/// The last message of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BranchLeaf {
    /// Which.
    pub id: MessageId,
    /// How it stands.
    pub status: MessageStatus,
}

impl Branch {
    /// No branch of what stands under a conversation's id.
    pub fn empty(conversation: ConversationLookup) -> Self {
        Self {
            conversation,
            leaf: None,
            turns: Vec::new(),
        }
    }
}

/// Stores conversations and reads their messages. The owner stands in every WHERE clause. Every method is one
/// transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ConversationRepo: Send + Sync {
    /// Inserts a new, empty conversation.
    ///
    /// # Errors
    /// [`InsertConversationError::IdTaken`] when its owner has one with this id, or had one that was deleted.
    async fn insert_conversation(
        &self,
        conversation: &Conversation,
    ) -> Result<(), InsertConversationError>;

    /// What stands under `id` of `owner`.
    async fn find_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<ConversationLookup, StoreError>;

    /// Conversations of `owner` but for temporary ones, last changed first.
    async fn list_conversations(
        &self,
        owner: Owner,
        query: &ConversationQuery,
    ) -> Result<Page<Conversation, ConversationCursor>, StoreError>;

    /// Changes a conversation and returns it; `None` if there is none.
    ///
    /// # Errors
    /// [`UpdateConversationError::UnknownMessage`] when the message to show isn't of this conversation. Then nothing is
    /// written.
    async fn update_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
        change: &ConversationChange,
        at: Timestamp,
    ) -> Result<Option<Conversation>, UpdateConversationError>;

    /// Deletes a conversation with its messages, and leaves its id as a tombstone. `false` if there is none.
    async fn delete_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Deletes, as [`delete_conversation`](Self::delete_conversation) does, up to `limit` conversations that had no
    /// activity for longer than their owner's retention, or are temporary and had none for
    /// [`TEMPORARY_FOR`](super::TEMPORARY_FOR). Returns how many.
    async fn delete_idle_conversations(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError>;

    /// The branch that ends in the shown leaf, oldest first; empty if there is no such conversation.
    async fn list_shown_path(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<Vec<PathMessage>, StoreError>;

    /// The same branch in pages, each oldest first: the first page ends in the shown leaf, the next one where that began,
    /// whatever is shown by then. The cursor is the page's oldest message. As fast in long conversations as in short ones.
    async fn list_shown_page(
        &self,
        owner: Owner,
        id: &ConversationId,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<PathMessage, MessageId>, StoreError>;

    /// What stands under `id` of `owner`, with its branch that ends in `end`: all that a turn needs to know, at once.
    async fn find_branch(
        &self,
        owner: Owner,
        id: &ConversationId,
        end: BranchEnd,
    ) -> Result<Branch, StoreError>;

    /// One message of a conversation, with its place among its siblings.
    async fn find_message(
        &self,
        owner: Owner,
        id: &ConversationId,
        message: MessageId,
    ) -> Result<Option<PathMessage>, StoreError>;
}

/// Why a conversation was not inserted.
#[derive(Debug, thiserror::Error)]
pub enum InsertConversationError {
    /// The id is taken, or was.
    #[error("the id is taken")]
    IdTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a conversation was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateConversationError {
    /// The message to show isn't of this conversation.
    #[error("the message doesn't exist")]
    UnknownMessage,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
