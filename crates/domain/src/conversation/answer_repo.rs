//! The store of running answers: from the message that asks, over the journal, to the answer's end.

use async_trait::async_trait;

use super::{BegunBefore, Conversation, ConversationId, Message, Once, OnceKeyMac, RunningAnswer};
use crate::{
    error::StoreError,
    id::{ApiKeyId, InstanceId, MessageId, UserId},
    owner::Owner,
    time::Timestamp,
    usage::UsageEvent,
};

/// The beginning of a turn: what is written before any byte of an answer goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginTurn {
    /// The conversation as the turn alone makes it: inserted if it doesn't exist. Of one that exists are written the
    /// model, the system prompt (if there is one here), the title (if it has none yet), the leaf and `updated_at`;
    /// what else was changed meanwhile stays. `shown_leaf` is the answer.
    pub conversation: Conversation,
    /// The message that asks; `None` when an older one is answered anew.
    pub user_message: Option<Message>,
    /// The answer, streaming, without content.
    pub answer: Message,
    /// Who writes it, until when.
    pub running: RunningAnswer,
    /// The key that the turn takes, if its request came with one.
    pub once: Option<Once>,
}

/// A part of the journal of a running answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// The answer.
    pub message: MessageId,
    /// Who writes it.
    pub holder: InstanceId,
    /// Number of the first event of this part; parts follow each other without a gap.
    pub first_event: u64,
    /// The events, each as [`LlmEvent::write_to`](crate::llm::LlmEvent::write_to) writes it with its
    /// number. May be empty: a sign of life.
    pub events: Vec<u8>,
    /// The renewed lease.
    pub lease_until: Timestamp,
}

/// What a writer learns when it writes its journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalOutcome {
    /// Written.
    Written {
        /// Whether somebody asked for the answer to be stopped.
        stop_requested: bool,
    },
    /// The answer is not this writer's any more: it was ended, or its conversation was deleted. Nothing was written.
    LeaseLost,
}

/// The end of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishAnswer {
    /// Whose conversation it is in.
    pub owner: Owner,
    /// Who writes the end: the holder of the lease, or who took it over.
    pub holder: InstanceId,
    /// The answer with its content, status, usage, cost and receipt. `created_at` and `parent` stay as they are.
    pub answer: Message,
    /// The ledger's rows for its attempts.
    pub usage: Vec<UsageEvent>,
    /// The stored key that paid, whose `last_used_at` becomes `answer.completed_at`; while somebody else is writing to the key, it may stay.
    pub used_key: Option<ApiKeyId>,
}

/// What a request to stop an answer found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopRequest {
    /// The answer was running; its writer learns of it with its next sign of life, at the latest.
    Requested,
    /// It had ended already.
    NotRunning,
    /// There is no such message.
    Unknown,
}

/// Stores turns and their running answers. Every method is one transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait AnswerRepo: Send + Sync {
    /// Writes conversation, message, empty answer and its lease, and takes the turn's key if it has one: of many turns under
    /// one key one begins. A key that expired by the conversation's `updated_at` is free.
    ///
    /// # Errors
    /// Before anything else [`BeginTurnError::BegunBefore`] when the key is taken, whatever for; then
    /// [`BeginTurnError::Deleted`] when the conversation was deleted, [`BeginTurnError::AnswerRunning`] when the branch
    /// ends in an answer that is still running, [`BeginTurnError::UnknownParent`] when the parent isn't a message of
    /// this conversation. Then nothing is written, and the key stays as it was.
    async fn begin_turn(&self, turn: &BeginTurn) -> Result<(), BeginTurnError>;

    /// What began under this key of the user's, unless the key has expired at `now`. It stays known when the answer is gone
    /// with its conversation.
    async fn find_begun(
        &self,
        user: UserId,
        key: OnceKeyMac,
        now: Timestamp,
    ) -> Result<Option<BegunBefore>, StoreError>;

    /// Deletes the keys that have expired at `now`. Returns how many. An account's keys go with it.
    async fn delete_expired_once_keys(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Adds to the journal and renews the lease. A part may be written again, with more at its end: it replaces the
    /// first (whose writer was cut off before it knew that it stood).
    async fn append_journal(&self, entry: &JournalEntry) -> Result<JournalOutcome, StoreError>;

    /// Up to `parts` parts of the journal of a running answer from event `from` on, as one sequence of bytes, with the
    /// number of its first event (parts are returned whole, so that may be less than `from`).
    async fn read_journal(
        &self,
        message: MessageId,
        from: u64,
        parts: u32,
    ) -> Result<(u64, Vec<u8>), StoreError>;

    /// Writes the answer's end, the ledger's rows and the key's last use; removes journal and lease. `false`, with
    /// nothing but the ledger's rows written, if the answer is not `holder`'s any more. The same end may be written again
    /// (its writer was cut off before it knew): that changes nothing and is `true`.
    async fn finish_answer(&self, end: &FinishAnswer) -> Result<bool, StoreError>;

    /// Asks the writer of an answer to stop.
    async fn request_stop(
        &self,
        owner: Owner,
        conversation: &ConversationId,
        message: MessageId,
    ) -> Result<StopRequest, StoreError>;

    /// Takes over up to `limit` running answers whose lease ended before `now`, or, with `all_others`, that any other
    /// holder than `holder` writes (when it is known that no other process runs). Each is given to one caller only, and
    /// its lease is renewed to `lease_until`. Returned with the message as stored; one that can't be read is only logged, and
    /// stays running.
    async fn take_over_answers(
        &self,
        holder: InstanceId,
        now: Timestamp,
        lease_until: Timestamp,
        all_others: bool,
        limit: u32,
    ) -> Result<Vec<(RunningAnswer, Message)>, StoreError>;
}

/// Why a turn did not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginTurnError {
    /// A turn began under the same key before.
    #[error("a turn began under this key before")]
    BegunBefore(BegunBefore),
    /// The conversation was deleted.
    #[error("the conversation was deleted")]
    Deleted,
    /// The branch ends in an answer that is still running.
    #[error("an answer is running")]
    AnswerRunning,
    /// The parent isn't a message of this conversation.
    #[error("the parent message doesn't exist")]
    UnknownParent,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
