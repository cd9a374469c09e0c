//! Faults of conversations as problems.

use latchkey_application::conversations::ConversationsError;

use super::{Code, Problem, from_api_keys::no_such_key};

impl From<ConversationsError> for Problem {
    fn from(error: ConversationsError) -> Self {
        match error {
            ConversationsError::NotFound => no_such_conversation(),
            ConversationsError::Deleted => conversation_deleted(),
            ConversationsError::IdTaken => Self::new(
                Code::ConversationExists,
                "There is, or was, a conversation with this id. Please choose another.",
            ),
            ConversationsError::UnknownMessage => no_such_message(),
            ConversationsError::UnknownKey => no_such_key(),
            ConversationsError::Store(error) => error.into(),
        }
    }
}

pub(crate) fn no_such_conversation() -> Problem {
    Problem::not_found("There is no such conversation.")
}

pub(crate) fn no_such_message() -> Problem {
    Problem::not_found("There is no such message.")
}

pub(super) fn conversation_deleted() -> Problem {
    Problem::new(
        Code::ConversationDeleted,
        "This conversation was deleted. Please start another.",
    )
}
