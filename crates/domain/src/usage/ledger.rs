//! The ledger: one row for each attempt at the provider, only ever added to.

use async_trait::async_trait;
use time::Date;

use super::{NanoUsd, TokenUsage};
use crate::conversation::ConversationId;
use crate::{
    error::StoreError,
    id::{ApiKeyId, MessageId, UsageEventId, UserId},
    llm::ModelId,
    owner::Owner,
    time::Timestamp,
};

/// One attempt at the provider by a signed-in user. Names are as they were; nothing refers to other rows, so that
/// the sums survive them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageEvent {
    /// The row's id.
    pub id: UsageEventId,
    /// When the attempt ended.
    pub at: Timestamp,
    /// Who asked.
    pub user: UserId,
    /// Whose key paid; `None` when the key was given with the request.
    pub payer: Option<Owner>,
    /// The stored key; `None` when the key was given with the request.
    pub key: Option<ApiKeyId>,
    /// What the key was called then.
    pub key_name: Option<String>,
    /// The conversation.
    pub conversation: Option<ConversationId>,
    /// The answer; of one that could not be saved there is only this id.
    pub message: Option<MessageId>,
    /// The model that answered, or the one that was asked for.
    pub model: ModelId,
    /// `complete`, `stopped`, `client_gone`, `interrupted`, or the code of the [error](crate::llm::LlmErrorKind::code).
    pub outcome: String,
    /// The counters; `None` when the provider said nothing that can be believed.
    pub tokens: Option<TokenUsage>,
    /// Whether the counters are final.
    pub tokens_final: bool,
    /// The cost; `None` when unknown.
    pub cost: Option<NanoUsd>,
    /// What the prompt cache [saved](super::Cost::saved); `None` when unknown.
    pub saved: Option<NanoUsd>,
    /// Version of the price table by which `cost` was computed.
    pub price_version: String,
    /// The provider's id of the request.
    pub provider_request_id: Option<String>,
}

/// By what a summary is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UsageGroupBy {
    /// By day in UTC.
    Day,
    /// By model.
    Model,
    /// By key.
    Key,
    /// By conversation.
    Conversation,
}

/// Which part of the ledger is summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// Whose calls.
    pub user: UserId,
    /// First day, inclusive.
    pub from: Date,
    /// Last day, inclusive.
    pub to: Date,
    /// By what, in this order; empty gives one group.
    pub group_by: Vec<UsageGroupBy>,
}

/// The sums of one group. Members that the summary isn't grouped by are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageGroup {
    /// The day.
    pub day: Option<Date>,
    /// The model.
    pub model: Option<ModelId>,
    /// The key; inner `None` is a key that was given with the request.
    pub key: Option<Option<ApiKeyId>>,
    /// What the key was called last in this group.
    pub key_name: Option<String>,
    /// The conversation.
    pub conversation: Option<ConversationId>,
    /// The sums.
    pub sums: UsageSums,
}

/// Sums over attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsageSums {
    /// Number of attempts.
    pub attempts: u64,
    /// Attempts whose tokens the provider didn't report.
    pub attempts_without_tokens: u64,
    /// Attempts whose cost is unknown; `cost` is then a lower bound.
    pub attempts_without_cost: u64,
    /// Sums of the counters.
    pub tokens: TokenUsage,
    /// Sum of the known costs.
    pub cost: NanoUsd,
    /// Sum of what is known to have been saved by the prompt cache; negative when writing to it cost more.
    pub saved: NanoUsd,
}

/// Keeps the ledger. Rows of answers are added by
/// [`AnswerRepo::finish_answer`](crate::conversation::AnswerRepo::finish_answer), in the answer's own transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait UsageLedger: Send + Sync {
    /// Adds rows of attempts that no message stands for; a row whose id stands already is left as it is. One transaction.
    async fn append_usage(&self, events: &[UsageEvent]) -> Result<(), StoreError>;

    /// Sums over the ledger, ordered by the members of `group_by`.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when a sum doesn't fit its type.
    async fn summarize_usage(&self, query: &UsageQuery) -> Result<Vec<UsageGroup>, StoreError>;
}
