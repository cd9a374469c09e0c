//! Why no answer began.

use latchkey_domain::{
    StoreError,
    api_key::MalformedKey,
    conversation::{BeginTurnError, BegunBefore, Message},
    error::BoxError,
    llm::{LlmError, Misfit, ModelId},
    rate_limit::{LimitReached, RateLimiterError},
};

use crate::api_keys::OpenKeyError;

/// Why no answer began.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// Neither an account nor a key.
    #[error("an API key is required")]
    ApiKeyRequired,
    /// People without an account may not chat here.
    #[error("anonymous chat is off")]
    AnonymousOff,
    /// Signed in, but no stored key is active and unexpired.
    #[error("no active API key")]
    NoActiveApiKey,
    /// The given key can't be one.
    #[error(transparent)]
    MalformedKey(#[from] MalformedKey),
    /// The chosen stored key isn't the caller's.
    #[error("no such key")]
    UnknownKey,
    /// The stored key's seal doesn't open.
    #[error("the stored key can't be read")]
    KeyUnreadable,
    /// Earlier turns come from the store, not from a signed-in caller.
    #[error("history is for anonymous callers")]
    HistoryNotAllowed,
    /// The conversation was deleted.
    #[error("the conversation was deleted")]
    ConversationDeleted,
    /// There is no such conversation or message.
    #[error("not found")]
    NotFound,
    /// The branch ends in an answer that is still running.
    #[error("an answer is running")]
    AnswerRunning,
    /// The same request came before, and its answer is still running.
    #[error("the same request is being answered")]
    BegunBefore(BegunBefore),
    /// The request's key is that of another request.
    #[error("the key names another request")]
    KeyOfAnotherRequest,
    /// What shall be answered anew is no answer.
    #[error("not an answer")]
    NotAnAnswer,
    /// The parent isn't a message of this conversation.
    #[error("the parent message doesn't exist")]
    UnknownParent,
    /// The model is known not to take what is asked.
    #[error("the model doesn't take this")]
    Misfits {
        /// The model.
        model: ModelId,
        /// What it doesn't take; never empty.
        misfits: Vec<Misfit>,
    },
    /// The provider doesn't know the model, or not for this key.
    #[error("the model isn't available")]
    ModelNotFound {
        /// What the provider said.
        error: LlmError,
        /// The models that this key can use, if they could be learnt.
        usable: Vec<ModelId>,
    },
    /// The provider failed before anything of an answer came.
    #[error(transparent)]
    Provider(LlmError),
    /// The reader left before anything came, or the user stopped the answer then.
    #[error("the answer was stopped before it began")]
    StoppedEarly,
    /// The caller's session ended meanwhile.
    #[error("the session ended")]
    SessionEnded,
    /// A limit is reached.
    #[error(transparent)]
    LimitReached(#[from] LimitReached),
    /// The server is going down.
    #[error("the server is stopping")]
    ServerStopping,
    /// The server is going down, and has interrupted the answer before anything of it came. The turn is saved.
    #[error("the server is stopping, and the answer was interrupted")]
    InterruptedEarly(Box<Message>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server itself failed.
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl From<RateLimiterError> for ChatError {
    fn from(error: RateLimiterError) -> Self {
        match error {
            RateLimiterError::Reached(reached) => Self::LimitReached(reached),
            RateLimiterError::Store(error) => Self::Store(error),
        }
    }
}

impl From<BeginTurnError> for ChatError {
    fn from(error: BeginTurnError) -> Self {
        match error {
            BeginTurnError::BegunBefore(begun) => Self::BegunBefore(begun),
            BeginTurnError::Deleted => Self::ConversationDeleted,
            BeginTurnError::AnswerRunning => Self::AnswerRunning,
            BeginTurnError::UnknownParent => Self::UnknownParent,
            BeginTurnError::Store(error) => Self::Store(error),
        }
    }
}

impl From<OpenKeyError> for ChatError {
    fn from(error: OpenKeyError) -> Self {
        match error {
            OpenKeyError::Unreadable => Self::KeyUnreadable,
            OpenKeyError::Store(error) => Self::Store(error),
            OpenKeyError::Internal(error) => Self::Internal(error),
        }
    }
}
