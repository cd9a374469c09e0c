//! Faults of links as problems.

use latchkey_application::shares::SharesError;
use latchkey_domain::share::MAX_SHARES_PER_OWNER;

use super::{
    Code, InternalCause, Problem, PublicText,
    from_conversations::{conversation_deleted, no_such_conversation},
};

impl From<SharesError> for Problem {
    fn from(error: SharesError) -> Self {
        match error {
            SharesError::NoConversation => no_such_conversation(),
            SharesError::ConversationDeleted => conversation_deleted(),
            SharesError::Temporary => Self::new(
                Code::ConversationTemporary,
                "This conversation is temporary. Please keep it first.",
            ),
            SharesError::NothingToShow => Self::new(
                Code::NothingToShare,
                "This conversation has no messages yet. Please write one first.",
            ),
            SharesError::AnswerRunning => Self::new(
                Code::AnswerRunning,
                "The last answer is still running. Please wait for it or stop it.",
            ),
            SharesError::TooMany => Self::new(
                Code::TooManyShares,
                PublicText::with_number(
                    "You have ",
                    u64::try_from(MAX_SHARES_PER_OWNER).unwrap_or(u64::MAX),
                    " links, the most one may have. Please end one first.",
                ),
            ),
            SharesError::NotFound => Self::not_found("There is no such link, or it was ended."),
            SharesError::LimitReached(reached) => Self::limit_reached(&reached),
            SharesError::Store(error) => error.into(),
            SharesError::Internal(cause) => Self::internal(InternalCause::new(cause)),
        }
    }
}
