//! Messages: content in the provider's form, and how each came to its end.

use super::ConversationId;
use crate::{
    id::{ApiKeyId, MessageId},
    llm::{ModelId, TurnRole},
    owner::Owner,
    raw_json::RawJson,
    time::Timestamp,
    usage::{Cost, UsageReport},
};

/// One message of a conversation. Messages form a tree by `parent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The message's id.
    pub id: MessageId,
    /// The conversation that it belongs to.
    pub conversation: ConversationId,
    /// The message before it; `None` for the first of a branch from the root.
    pub parent: Option<MessageId>,
    /// Who wrote it.
    pub role: TurnRole,
    /// Content blocks in the provider's form: a JSON array.
    pub content: RawJson,
    /// What of `content` goes into the next turn, if that is less than all of it.
    pub next_turn: Option<RawJson>,
    /// The text of all text blocks.
    pub text: String,
    /// How it ended, or that it hasn't.
    pub status: MessageStatus,
    /// More about that: the code of the fault.
    pub status_detail: Option<String>,
    /// The model that wrote it, or was asked to.
    pub model: Option<ModelId>,
    /// Why the model stopped, in the provider's word.
    pub stop_reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// What the provider counted.
    pub usage: Option<UsageReport>,
    /// What it cost.
    pub cost: Option<Cost>,
    /// Which key paid.
    pub key: Option<KeyReceipt>,
}

/// How a message ended. Only `message_stop` from the provider makes an answer complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageStatus {
    /// It is all there.
    Complete,
    /// It is being written; a lease says by whom.
    Streaming,
    /// The user stopped it.
    Stopped,
    /// The reader left, and had chosen that this stops it.
    ClientGone,
    /// The server stopped or died.
    Interrupted,
    /// The provider broke off.
    ProviderError,
    /// Nothing came.
    Failed,
}

impl MessageStatus {
    /// All states, for the tests that walk them.
    pub const ALL: [Self; 7] = [
        Self::Complete,
        Self::Streaming,
        Self::Stopped,
        Self::ClientGone,
        Self::Interrupted,
        Self::ProviderError,
        Self::Failed,
    ];

    /// The state's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Streaming => "streaming",
            Self::Stopped => "stopped",
            Self::ClientGone => "client_gone",
            Self::Interrupted => "interrupted",
            Self::ProviderError => "provider_error",
            Self::Failed => "failed",
        }
    }

    /// The state with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Whose key paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payer {
    /// The owner of a stored key.
    Owner(Owner),
    /// Whoever gave a key with the request; nothing of it is kept.
    GivenKey,
}

/// Which key paid for an answer, as it was called then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReceipt {
    /// The stored key; `None` when one was given with the request.
    pub id: Option<ApiKeyId>,
    /// What it was called.
    pub name: Option<String>,
    /// Its hint.
    pub hint: Option<String>,
    /// Whose it is.
    pub payer: Payer,
    /// Each attempt at the provider, in order.
    pub attempts: Vec<AttemptRecord>,
}

/// One attempt at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// The stored key; `None` when one was given with the request.
    pub key: Option<ApiKeyId>,
    /// `complete`, or the status or error code with which it ended.
    pub outcome: String,
}
