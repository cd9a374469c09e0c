//! Faults of chat as problems.

use std::time::Duration;

use latchkey_application::chat::{AnswerFault, ChatError};
use latchkey_domain::llm::{Effort, Feature, Misfit, ModelId, ThinkingMode};

use super::{
    Code, FieldFault, InternalCause, Problem,
    from_api_keys::{no_such_key, unreadable},
    from_conversations::{conversation_deleted, no_such_message},
};
use crate::views::MessageView;

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
            ChatError::NotAnAnswer => Self::invalid(vec![FieldFault {
                pointer: "{messageId}".to_owned(),
                detail: "must be an answer; a message of a person is edited by another with the same parentId".into(),
            }]),
            ChatError::UnknownParent => no_such_message().at("/parentId"),
            ChatError::AnswerRunning => Self::new(
                Code::AnswerRunning,
                "An answer is still running here. Please wait for it or stop it.",
            ),
            ChatError::BegunBefore(begun) => Self::new(
                Code::IdempotencyKeyInUse,
                "This very request came before and is being answered. Please re-attach to its answer, or wait for it.",
            )
            .member("assistantMessageId", &begun.answer.to_string()),
            ChatError::KeyOfAnotherRequest => Self::new(
                Code::IdempotencyKeyReused,
                "This Idempotency-Key came with another request before. Please choose a new one for each message.",
            ),
            ChatError::Misfits { model, misfits } => Self::invalid(
                misfits
                    .iter()
                    .map(|misfit| misfit_of(&model, *misfit))
                    .collect(),
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
            ChatError::InterruptedEarly(answer) => {
                Self::server_stopping().member("assistantMessage", &MessageView::of(&answer))
            }
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
            AnswerFault::ReaderTooSlow => Self::new(
                Code::ReaderTooSlow,
                "Nothing of the stream was taken for too long. Please re-attach with the last event's number, or read the message.",
            ),
            AnswerFault::NotSaved => Self::new(
                Code::AnswerNotSaved,
                "The end of the answer could not be saved yet. It is saved as soon as the database takes it; until then it shows as running.",
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

/// What the model doesn't take, where it stands in the request, and what it takes instead.
fn misfit_of(model: &ModelId, misfit: Misfit) -> FieldFault {
    let (pointer, detail) = match misfit {
        Misfit::Thinking { taken } => (
            "/thinking/type",
            format!(
                "is not for {model}, which takes {}; or leave thinking out",
                listed(taken.iter().copied().map(ThinkingMode::as_str))
            ),
        ),
        Misfit::ThinkingBudget { max_tokens } => (
            "/thinking/budget_tokens",
            format!("must be less than maxTokens, which is {max_tokens}"),
        ),
        Misfit::Effort { taken: [] } => (
            "/options/output_config/effort",
            format!("is not for {model}; please leave it out"),
        ),
        Misfit::Effort { taken } => (
            "/options/output_config/effort",
            format!(
                "is not for {model}, which takes {}",
                listed(taken.iter().copied().map(Effort::as_str))
            ),
        ),
        Misfit::Feature(feature) => (
            place_of(feature),
            match feature {
                Feature::ForcedTools => {
                    format!(
                        "can't force a tool on {model}; use auto, and ask for the tool in words"
                    )
                }
                _ => format!("is not for {model}; please leave it out, or choose another model"),
            },
        ),
        Misfit::ForcedToolWhileThinking => (
            "/options/tool_choice/type",
            "can't force a tool while the model thinks; use auto, or leave thinking out".to_owned(),
        ),
        Misfit::MaxTokens { most } => (
            "/maxTokens",
            format!("must be at most {most}, which is as much as {model} writes"),
        ),
        Misfit::TooManyImages { most } => (
            "/content",
            format!("must have at most {most} images for {model}, earlier turns included"),
        ),
    };
    FieldFault {
        pointer: pointer.to_owned(),
        detail: detail.into(),
    }
}

/// Where a feature stands in a request.
const fn place_of(feature: Feature) -> &'static str {
    match feature {
        Feature::Images | Feature::Pdf => "/content",
        Feature::ServerTools => "/options/tools",
        Feature::ForcedTools => "/options/tool_choice/type",
        Feature::StructuredOutput => "/options/output_config/format",
        Feature::FastMode => "/options/speed",
        Feature::InferenceGeo => "/options/inference_geo",
        Feature::Temperature => "/temperature",
    }
}

/// `a`, `a or b`, `a, b or c`.
fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn session_ended() -> Problem {
    Problem::new(
        Code::SessionEnded,
        "Your session ended, or your token became void, while the answer ran. What came is saved.",
    )
}
