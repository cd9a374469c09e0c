//! Why something with a conversation did not work.

use latchkey_domain::StoreError;

/// Why something with a conversation did not work.
#[derive(Debug, thiserror::Error)]
pub enum ConversationsError {
    /// The owner has no such conversation, message or key.
    #[error("not found")]
    NotFound,
    /// The conversation was deleted; its id stays taken.
    #[error("the conversation was deleted")]
    Deleted,
    /// The owner has a conversation with this id already.
    #[error("the id is taken")]
    IdTaken,
    /// The pinned key isn't the owner's.
    #[error("no such key")]
    UnknownKey,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
