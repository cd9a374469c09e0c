//! Why something with a link did not work.

use latchkey_domain::{
    StoreError,
    error::BoxError,
    rate_limit::{LimitReached, RateLimiterError},
    share::InsertShareError,
    system::RandomnessError,
};

/// Why something with a link did not work.
#[derive(Debug, thiserror::Error)]
pub enum SharesError {
    /// There is no such conversation, or none any more.
    #[error("no such conversation")]
    NoConversation,
    /// The conversation was deleted; its id stays taken.
    #[error("the conversation was deleted")]
    ConversationDeleted,
    /// The conversation is temporary.
    #[error("the conversation is temporary")]
    Temporary,
    /// The conversation has no message yet.
    #[error("there is nothing to show")]
    NothingToShow,
    /// The last message that is shown is still being written.
    #[error("an answer is running")]
    AnswerRunning,
    /// The owner has as many links as one may have.
    #[error("too many links")]
    TooMany,
    /// There is no such link, or it was ended, or is over.
    #[error("no such link")]
    NotFound,
    /// A limit is reached.
    #[error(transparent)]
    LimitReached(#[from] LimitReached),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server itself failed.
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl From<InsertShareError> for SharesError {
    fn from(error: InsertShareError) -> Self {
        match error {
            InsertShareError::NothingToShow => Self::NoConversation,
            InsertShareError::TooMany => Self::TooMany,
            InsertShareError::Store(error) => Self::Store(error),
        }
    }
}

impl From<RandomnessError> for SharesError {
    fn from(error: RandomnessError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<RateLimiterError> for SharesError {
    fn from(error: RateLimiterError) -> Self {
        match error {
            RateLimiterError::Reached(reached) => Self::LimitReached(reached),
            RateLimiterError::Store(error) => Self::Store(error),
        }
    }
}
