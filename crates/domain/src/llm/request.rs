//! A request to the provider, in our own terms.

use super::ModelId;
use crate::{raw_json::RawJson, user::CacheLifetime};

/// What is asked of the provider. It is always asked for a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct LlmRequest {
    /// The model.
    pub model: ModelId,
    /// Most tokens of the answer; at least 1.
    pub max_tokens: u32,
    /// The system prompt.
    pub system: Option<String>,
    /// The conversation so far; the last turn is what is asked.
    pub turns: Vec<Turn>,
    /// Sampling temperature, 0 to 1. An implementation sends it in the way that `model` takes, or refuses it with
    /// [`LlmErrorKind::RefusedRequest`](super::LlmErrorKind::RefusedRequest).
    pub temperature: Option<f64>,
    /// The provider's own object for thinking, as the client sent it.
    pub thinking: Option<RawJson>,
    /// Further fields of the provider's, by name, as the client sent them. The HTTP layer has an allow-list.
    pub options: Vec<(&'static str, RawJson)>,
    /// Whether and how long the provider should cache the prompt.
    pub prompt_cache: CacheLifetime,
}

/// One turn of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Whose turn.
    pub role: TurnRole,
    /// The provider's content blocks, as an array, unchanged since they came.
    pub content: RawJson,
    /// The model that wrote it, for an assistant's turn. An implementation leaves out thinking blocks of turns
    /// that another model wrote: they are bound to their model, and may be dropped but never edited.
    pub model: Option<ModelId>,
}

/// Whose turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TurnRole {
    /// The person's.
    User,
    /// The model's.
    Assistant,
}

impl TurnRole {
    /// The role's name, ours and the provider's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }

    /// The role with this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "user" => Some(Self::User),
            "assistant" => Some(Self::Assistant),
            _ => None,
        }
    }
}
