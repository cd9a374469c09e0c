//! How a call to the provider fails: one kind for each thing that somebody would do differently.

use std::time::Duration;

/// A failed call. Holds nothing secret: an implementation scrubs the provider's words before it puts them here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the provider call failed: {kind:?}")]
pub struct LlmError {
    /// What happened.
    pub kind: LlmErrorKind,
    /// The provider's own words, scrubbed of keys and organisation ids, at most 500 characters.
    pub message: Option<String>,
    /// When the provider wants to be asked again.
    pub retry_after: Option<Duration>,
    /// What the provider itself says about trying again (`x-should-retry`).
    pub should_retry: Option<bool>,
    /// The provider's id of the request, to ask it about.
    pub request_id: Option<String>,
}

impl LlmError {
    /// An error of this kind without further detail.
    pub fn new(kind: LlmErrorKind) -> Self {
        Self {
            kind,
            message: None,
            retry_after: None,
            should_retry: None,
            request_id: None,
        }
    }

    /// The same error with the provider's words (scrubbed by the caller).
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LlmErrorKind {
    /// The provider rejects the key (401).
    InvalidKey,
    /// The key may not do this (403).
    PermissionDenied,
    /// The account has no credit left (400 "credit balance is too low", 402).
    CreditExhausted,
    /// A spend limit is reached; no use in trying before it is raised or its month ends (429 with such a code, or 400).
    SpendLimitReached,
    /// Too many requests or tokens a minute (429).
    RateLimited,
    /// The provider has too much to do (529, or `overloaded_error` in the stream).
    Overloaded,
    /// The model doesn't exist or this key can't use it (404).
    ModelNotFound,
    /// The conversation is longer than the model can read (400 "prompt is too long").
    PromptTooLong,
    /// The request has too many bytes (413).
    RequestTooLarge,
    /// The provider refuses the request for another reason of form (400, 404, 409, 422).
    RefusedRequest,
    /// No connection, no TLS, or it broke before anything came.
    Unreachable,
    /// Nothing came within the time allowed, or the provider gave up (408, 504).
    Timeout,
    /// The provider failed (500, 502, 503, other).
    Failure,
    /// The stream ended before the answer was complete.
    Interrupted,
    /// What came isn't what the provider's documents describe, or is larger than we hold.
    Malformed,
    /// The provider answered with a redirect, which is never followed: it would carry the key elsewhere.
    Redirected,
}

impl LlmErrorKind {
    /// All kinds, for the tests that walk them.
    pub const ALL: [Self; 16] = [
        Self::InvalidKey,
        Self::PermissionDenied,
        Self::CreditExhausted,
        Self::SpendLimitReached,
        Self::RateLimited,
        Self::Overloaded,
        Self::ModelNotFound,
        Self::PromptTooLong,
        Self::RequestTooLarge,
        Self::RefusedRequest,
        Self::Unreachable,
        Self::Timeout,
        Self::Failure,
        Self::Interrupted,
        Self::Malformed,
        Self::Redirected,
    ];

    /// The kind's stable name: the code of the problem that clients get, and the outcome in the ledger.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidKey => "invalid_api_key",
            Self::PermissionDenied => "provider_permission_denied",
            Self::CreditExhausted => "provider_credit_exhausted",
            Self::SpendLimitReached => "provider_spend_limit_reached",
            Self::RateLimited => "provider_rate_limited",
            Self::Overloaded => "provider_overloaded",
            Self::ModelNotFound => "model_not_found",
            Self::PromptTooLong => "prompt_too_long",
            Self::RequestTooLarge => "provider_request_too_large",
            Self::RefusedRequest => "provider_refused_request",
            Self::Unreachable => "provider_unreachable",
            Self::Timeout => "provider_timeout",
            Self::Failure => "provider_error",
            Self::Interrupted => "provider_interrupted",
            Self::Malformed => "provider_malformed_answer",
            Self::Redirected => "provider_redirected",
        }
    }

    /// The kind with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether the same request may succeed if it is sent again soon.
    pub const fn retryable(self) -> bool {
        match self {
            Self::RateLimited
            | Self::Overloaded
            | Self::Unreachable
            | Self::Timeout
            | Self::Failure
            | Self::Interrupted => true,
            Self::InvalidKey
            | Self::PermissionDenied
            | Self::CreditExhausted
            | Self::SpendLimitReached
            | Self::ModelNotFound
            | Self::PromptTooLong
            | Self::RequestTooLarge
            | Self::RefusedRequest
            | Self::Malformed
            | Self::Redirected => false,
        }
    }
}
