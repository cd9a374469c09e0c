//! The port to the provider.

use async_trait::async_trait;

use super::{LlmError, LlmEvent, LlmRequest, ModelInfo};
use crate::api_key::ApiKeySecret;

/// Calls the provider with somebody's key. An implementation sends the key to the configured origin alone, follows
/// no redirect, tries nothing twice (the caller decides about retries), and keeps nothing of the key.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait LlmClient: Send + Sync {
    /// Sends `request` and waits for the first event from which a reader gets anything. What comes before it
    /// (`message_start`, `ping`, the start of an empty text block) is held back and then comes first from
    /// [`next_events`](LlmStream::next_events).
    ///
    /// # Errors
    /// An [`LlmError`] of the kind that the provider's answer means. An `error` event that comes before any content
    /// is an error of this method, too, and so is a connection that breaks before it:
    /// [`LlmErrorKind::Unreachable`](super::LlmErrorKind::Unreachable). After an error, nothing has reached anybody.
    async fn open(
        &self,
        key: &ApiKeySecret,
        request: &LlmRequest,
    ) -> Result<Box<dyn LlmStream>, LlmError>;

    /// Asks at no cost how many tokens the prompt of `request` has. `max_tokens` and the temperature are nothing to it.
    ///
    /// # Errors
    /// As [`open`](Self::open), before any answer.
    async fn count_tokens(&self, key: &ApiKeySecret, request: &LlmRequest)
    -> Result<u64, LlmError>;

    /// Asks at no cost whether the provider takes `key`, and returns (the first of) the models that it may use.
    ///
    /// # Errors
    /// [`LlmErrorKind::InvalidKey`](super::LlmErrorKind::InvalidKey) when it rejects the key; other kinds say that it
    /// isn't known.
    async fn check_key(&self, key: &ApiKeySecret) -> Result<Vec<ModelInfo>, LlmError>;

    /// All models that `key` may use, the newest first.
    ///
    /// # Errors
    /// As [`check_key`](Self::check_key).
    async fn list_models(&self, key: &ApiKeySecret) -> Result<Vec<ModelInfo>, LlmError>;
}

/// A running answer. Dropping it closes the provider's connection at once.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait LlmStream: Send {
    /// Waits for the next events and returns all that are there, in order; empty once the provider has ended the
    /// stream. Cancelling the wait loses nothing.
    ///
    /// # Errors
    /// [`LlmErrorKind::Interrupted`](super::LlmErrorKind::Interrupted) when the connection breaks,
    /// [`LlmErrorKind::Timeout`](super::LlmErrorKind::Timeout) when nothing comes for too long or the whole takes too
    /// long, [`LlmErrorKind::Malformed`](super::LlmErrorKind::Malformed) for an event of over 16 MiB, and the kind of
    /// the provider's own `error` event. Events that came before are returned first. After an error, the stream is over.
    async fn next_events(&mut self) -> Result<Vec<LlmEvent>, LlmError>;

    /// The provider's id of the request.
    fn request_id(&self) -> Option<String>;
}
