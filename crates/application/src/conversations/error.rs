//! Why something with a conversation did not work.

use latchkey_domain::{StoreError, conversation::UpdateConversationError};

/// Why something with a conversation did not work.
#[derive(Debug, thiserror::Error)]
pub enum ConversationsError {
    /// The owner has no such conversation.
    #[error("not found")]
    NotFound,
    /// The conversation was deleted; its id stays taken.
    #[error("the conversation was deleted")]
    Deleted,
    /// The owner has a conversation with this id already.
    #[error("the id is taken")]
    IdTaken,
    /// The conversation has no such message.
    #[error("no such message")]
    UnknownMessage,
    /// The pinned key isn't the owner's.
    #[error("no such key")]
    UnknownKey,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<UpdateConversationError> for ConversationsError {
    fn from(error: UpdateConversationError) -> Self {
        match error {
            UpdateConversationError::UnknownMessage => Self::UnknownMessage,
            UpdateConversationError::Store(error) => Self::Store(error),
        }
    }
}
