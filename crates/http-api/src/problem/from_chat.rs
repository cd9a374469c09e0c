//! Faults of chat as problems.

use std::time::Duration;

use latchkey_application::chat::{AnswerFault, ChatError};

use latchkey_domain::llm::ModelId;

use super::{
    Code, FieldFault, InternalCause, Problem,
    from_api_keys::{no_such_key, unreadable},
    from_conversations::conversation_deleted,
};

impl From<ChatError> for Problem {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::ApiKeyRequired => Self::new(
                Code::ApiKeyRequired,
                "API key required. Please provide your Anthropic API key or sign up for an account.",
            ),
            ChatError::AnonymousOff => Self::new(
                Code::AnonymousChatOff,
                "This server answers only people with an account. Please sign in.",
            ),
            ChatError::NoActiveApiKey => Self::new(
                Code::NoActiveApiKey,
                "No active API key found. Please add your Anthropic API key in settings.",
            ),
            ChatError::MalformedKey(fault) => fault.into(),
            ChatError::UnknownKey => no_such_key(),
            ChatError::KeyUnreadable => unreadable(),
            ChatError::HistoryNotAllowed => Self::invalid(vec![FieldFault {
                pointer: "/history".to_owned(),
                detail: "is for requests without an account; yours is read from the conversation"
                    .into(),
            }]),
            ChatError::ConversationDeleted => conversation_deleted(),
            ChatError::NotFound => no_such_message(),
            ChatError::UnknownParent => no_such_message().at("/parentId"),
            ChatError::AnswerRunning => Self::new(
                Code::AnswerRunning,
                "An answer is still running here. Please wait for it or stop it.",
            ),
            ChatError::ModelNotFound { error, usable } => {
                let usable: Vec<&str> = usable.iter().map(ModelId::as_str).collect();
                Self::from(error).member("usableModels", &usable)
            }
            ChatError::Provider(error) => error.into(),
            ChatError::StoppedEarly => Self::new(
                Code::AnswerStopped,
                "The answer was stopped before anything of it came.",
            ),
            ChatError::SessionEnded => session_ended(),
            ChatError::LimitReached(reached) => Self::limit_reached(&reached),
            ChatError::ServerStopping => Self::server_stopping(),
            ChatError::Store(error) => error.into(),
            ChatError::Internal(cause) => Self::internal(InternalCause::new(cause)),
        }
    }
}

impl From<AnswerFault> for Problem {
    /// What went wrong after an answer began.
    fn from(fault: AnswerFault) -> Self {
        match fault {
            AnswerFault::Provider(error) => error.into(),
            AnswerFault::SessionEnded => session_ended(),
            AnswerFault::ServerStopping => Self::server_stopping(),
            AnswerFault::AnswerGone => Self::new(
                Code::AnswerGone,
                "The conversation was deleted, or the answer was ended elsewhere.",
            ),
            AnswerFault::NotSaved => Self::new(
                Code::AnswerNotSaved,
                "The end of the answer could not be saved. What came is kept and will show as interrupted.",
            ),
        }
    }
}

impl Problem {
    /// The server is going down.
    pub fn server_stopping() -> Self {
        Self::new(
            Code::ServerStopping,
            "The server is stopping. Please try again in a moment.",
        )
        .retry_after(Duration::from_secs(5))
    }
}

fn no_such_message() -> Problem {
    Problem::not_found("There is no such message.")
}

fn session_ended() -> Problem {
    Problem::new(
        Code::SessionEnded,
        "Your session ended, or your token became void, while the answer ran. What came is saved.",
    )
}
