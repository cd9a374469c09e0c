//! Text that clients may read, and causes that they may not: different types, so that none becomes the other.

use std::{borrow::Cow, fmt};

use latchkey_domain::{
    api_key::MalformedKey,
    conversation::InvalidConversationId,
    error::BoxError,
    llm::{InvalidModelId, LlmError, LlmErrorKind},
    personal_token::{InvalidScope, NoScope, Scope},
    user::{InvalidEmail, InvalidName, InvalidPassword, PasswordWeakness},
};

/// Text for clients. It is made of fixed words, of texts that were written for people, or of the provider's
/// scrubbed words; there is no way from an error's `Display` to here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicText(Cow<'static, str>);

impl PublicText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a value of ours that was written for people says.
    pub fn of(words: &impl ForPeople) -> Self {
        Self(words.to_string().into())
    }

    /// The same, about something: `The password must have …`.
    pub fn about(subject: &'static str, words: &impl ForPeople) -> Self {
        Self(format!("{subject} {words}.").into())
    }

    /// Our sentence, then what is known more closely: the provider's own words as such, ours as they are.
    pub fn with_words_of(sentence: &'static str, error: &LlmError) -> Self {
        match &error.message {
            Some(words) if is_said_by_provider(error) => {
                Self(format!("{sentence} Anthropic says: \"{words}\"").into())
            }
            Some(words) => Self(format!("{sentence} {words}").into()),
            None => Self(sentence.into()),
        }
    }

    /// Why a body isn't JSON, and where.
    pub fn with_position(what: &'static str, at: u64) -> Self {
        Self(format!("The body can't be read as JSON: {what} (byte {at}).").into())
    }

    /// Fixed words around a number.
    pub fn with_number(before: &'static str, number: u64, after: &'static str) -> Self {
        Self(format!("{before}{number}{after}").into())
    }
}

impl From<&'static str> for PublicText {
    fn from(text: &'static str) -> Self {
        Self(text.into())
    }
}

/// Whether an error's words are the provider's. The client of the provider has words of its own for what the provider
/// never answered, and for requests that it refuses before they are sent: those got no id there.
pub(super) fn is_said_by_provider(error: &LlmError) -> bool {
    match error.kind {
        LlmErrorKind::Unreachable
        | LlmErrorKind::Timeout
        | LlmErrorKind::Interrupted
        | LlmErrorKind::Malformed
        | LlmErrorKind::Redirected => false,
        LlmErrorKind::RefusedRequest => error.request_id.is_some(),
        LlmErrorKind::InvalidKey
        | LlmErrorKind::PermissionDenied
        | LlmErrorKind::CreditExhausted
        | LlmErrorKind::SpendLimitReached
        | LlmErrorKind::RateLimited
        | LlmErrorKind::Overloaded
        | LlmErrorKind::ModelNotFound
        | LlmErrorKind::PromptTooLong
        | LlmErrorKind::RequestTooLarge
        | LlmErrorKind::Failure => true,
    }
}

/// Errors of the domain whose text was written for the person who made the fault, and holds nothing of the input.
pub trait ForPeople: fmt::Display {}

impl ForPeople for InvalidConversationId {}
impl ForPeople for InvalidEmail {}
impl ForPeople for InvalidModelId {}
impl ForPeople for InvalidName {}
impl ForPeople for InvalidPassword {}
impl ForPeople for InvalidScope {}
impl ForPeople for MalformedKey {}
impl ForPeople for NoScope {}
impl ForPeople for PasswordWeakness {}
impl ForPeople for Scope {}

/// Why something failed inside: for the log alone.
#[derive(Debug)]
pub struct InternalCause(BoxError);

impl InternalCause {
    /// The cause.
    pub fn new(cause: impl Into<BoxError>) -> Self {
        Self(cause.into())
    }

    /// The whole chain in one line.
    pub fn chain(&self) -> String {
        let mut chain = self.0.to_string();
        let mut source = self.0.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        chain
    }
}
