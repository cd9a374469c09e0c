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

/// Reads conversations as a whole, in parts that the reader chooses. The owner stands in every WHERE clause. Every method is one
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
}
