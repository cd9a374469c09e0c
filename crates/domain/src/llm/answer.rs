//! An answer, put together from its events.

use super::{LlmError, LlmEvent, ModelId};
use crate::{raw_json::RawJson, usage::UsageReport};

/// What of an answer has come so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssembledAnswer {
    /// All content blocks, also one that was cut off: a JSON array in the provider's form. String values are equal
    /// to what came, unknown members and blocks are kept.
    pub content: RawJson,
    /// What of `content` may go into the next turn when that is less than all of it: complete blocks, and
    /// non-empty text. `None` when `content` itself may.
    pub next_turn: Option<RawJson>,
    /// The text of all text blocks.
    pub text: String,
    /// The model that answers, as the provider names it.
    pub model: Option<ModelId>,
    /// The provider's id of the answer.
    pub provider_message_id: Option<String>,
    /// Why the model stopped.
    pub stop_reason: Option<String>,
    /// What the provider counted so far.
    pub usage: Option<UsageReport>,
    /// Whether `message_stop` has come. Nothing else makes an answer complete.
    pub complete: bool,
}

/// Puts one answer together. Pure: no I/O, and no more memory than the answer.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AnswerAssembler: Send {
    /// Takes the next event.
    ///
    /// # Errors
    /// [`LlmErrorKind::Malformed`](super::LlmErrorKind::Malformed) when the event can't follow what came (a second
    /// start, a delta of no open block, anything after the end), isn't JSON where it must be, or the answer grows
    /// beyond 1,024 blocks or 32 MiB. What came before stays as it was.
    fn push(&mut self, event: &LlmEvent) -> Result<(), LlmError>;

    /// What has come so far.
    fn snapshot(&self) -> AssembledAnswer;
}

/// The provider's format, without the provider: for putting answers together, live or from a journal.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AnswerFormat: Send + Sync {
    /// An assembler for one answer.
    fn assembler(&self) -> Box<dyn AnswerAssembler>;

    /// The events of a journal, written by [`LlmEvent::write_to`]. A last event that was cut off is left out.
    fn read_journal(&self, journal: &[u8]) -> Vec<LlmEvent>;
}
