//! The provider: what is asked of it, what it answers, how it fails.

mod answer;
mod asked;
mod capabilities;
mod client;
mod error;
mod event;
mod lifecycle;
mod model;
mod request;
mod retry;

pub use answer::{AnswerAssembler, AnswerFormat, AssembledAnswer};
pub use asked::{AskedFeatures, Misfit};
pub use capabilities::{Effort, Feature, ModelCapabilities, ThinkingMode};
pub use client::{LlmClient, LlmStream};
pub use error::{LlmError, LlmErrorKind};
pub use event::{EventKind, LlmEvent, count_events, end_of_events, write_event};
pub use lifecycle::{LifecycleStage, ModelLifecycle, successor};
pub use model::{InvalidModelId, ModelId, ModelInfo};
pub use request::{LlmRequest, Turn, TurnRole};
pub use retry::RetryPolicy;

#[cfg(feature = "mocks")]
pub use {
    answer::MockAnswerAssembler, answer::MockAnswerFormat, client::MockLlmClient,
    client::MockLlmStream,
};
