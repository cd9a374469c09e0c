//! The store, as what reads conversations as a whole sees it.

use async_trait::async_trait;

use crate::{
    conversation::{Conversation, ConversationId, Message},
    error::StoreError,
    id::MessageId,
    owner::Owner,
};

/// A message's place in the tree, and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageOutline {
    /// The message.
    pub id: MessageId,
    /// The message before it.
    pub parent: Option<MessageId>,
    /// Bytes of its content.
    pub bytes: u64,
}

/// What was done to store a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It wasn't there.
    New,
    /// It was there, and got so many messages more.
    Grown(usize),
    /// It was there with all its messages.
    Unchanged,
}

/// Why a conversation was not stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreImportedError {
    /// It was there, and was deleted.
    #[error("the conversation was deleted")]
    Deleted,
    /// Another has its id.
    #[error("another conversation has the id")]
    IdTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads conversations as a whole, in parts that the reader chooses, and stores them so. The owner stands in every WHERE clause. Every method is one
/// transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ArchiveRepo: Send + Sync {
    /// Up to `limit` conversations of `owner` with ids after `after`, by id: an order that no change of them disturbs.
    async fn list_conversations_by_id(
        &self,
        owner: Owner,
        after: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError>;

    /// All messages of a conversation, of every branch, in the order in which they were stored: a parent before its children. Empty if
    /// there is no such conversation.
    async fn outline_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<Vec<MessageOutline>, StoreError>;

    /// Those of `messages` that are in the conversation, in the order in which they were stored.
    async fn find_messages(
        &self,
        owner: Owner,
        id: &ConversationId,
        messages: &[MessageId],
    ) -> Result<Vec<Message>, StoreError>;

    /// Stores a conversation with all `messages`, which stand behind their parents; or, if its owner has it already, adds those that it doesn't have.
    /// What is there stays as it is, but for two things: `updated_at` becomes that of `conversation` if that is later and something was added, and what is
    /// shown is what [`leaf_after_import`](super::leaf_after_import) says. What is stored can be found from then on.
    ///
    /// # Errors
    /// [`StoreImportedError::Deleted`] when its owner had one with this id that was deleted, [`StoreImportedError::IdTaken`] when there is one with other
    /// messages and none of these. Then nothing is stored.
    async fn store_imported(
        &self,
        conversation: &Conversation,
        messages: &[Message],
    ) -> Result<Stored, StoreImportedError>;
}
