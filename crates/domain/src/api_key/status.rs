//! What is known of a key.

use crate::llm::LlmErrorKind;

/// The last thing that the provider, the clock or the vault said of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyStatus {
    /// The provider takes it.
    Valid,
    /// It was stored without a check, because the provider could not be reached and the owner wanted it so.
    Unverified,
    /// The provider rejects it.
    Invalid,
    /// The account behind it has no credit left, or has reached its spend limit.
    NoCredit,
    /// The provider takes it but not for what was asked.
    Restricted,
    /// It is being asked too often at the moment.
    RateLimited,
    /// The provider could not be asked.
    Unreachable,
    /// Its own date has passed.
    Expired,
    /// Its seal doesn't open: the row was changed from outside, or the keyring isn't the one it was sealed with.
    Unreadable,
}

impl KeyStatus {
    /// All states, for the tests that walk them.
    pub const ALL: [Self; 9] = [
        Self::Valid,
        Self::Unverified,
        Self::Invalid,
        Self::NoCredit,
        Self::Restricted,
        Self::RateLimited,
        Self::Unreachable,
        Self::Expired,
        Self::Unreadable,
    ];

    /// The state's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Unverified => "unverified",
            Self::Invalid => "invalid",
            Self::NoCredit => "no_credit",
            Self::Restricted => "restricted",
            Self::RateLimited => "rate_limited",
            Self::Unreachable => "unreachable",
            Self::Expired => "expired",
            Self::Unreadable => "unreadable",
        }
    }

    /// The state with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// What a failed call says of the key that was used; `None` when it says nothing of the key, only of the request
    /// or of the provider.
    pub const fn after_failure(kind: LlmErrorKind) -> Option<Self> {
        match kind {
            LlmErrorKind::InvalidKey => Some(Self::Invalid),
            LlmErrorKind::CreditExhausted | LlmErrorKind::SpendLimitReached => Some(Self::NoCredit),
            LlmErrorKind::PermissionDenied => Some(Self::Restricted),
            LlmErrorKind::RateLimited => Some(Self::RateLimited),
            LlmErrorKind::Unreachable
            | LlmErrorKind::Timeout
            | LlmErrorKind::Overloaded
            | LlmErrorKind::Failure
            | LlmErrorKind::ModelNotFound
            | LlmErrorKind::PromptTooLong
            | LlmErrorKind::RequestTooLarge
            | LlmErrorKind::RefusedRequest
            | LlmErrorKind::Interrupted
            | LlmErrorKind::Malformed
            | LlmErrorKind::Redirected => None,
        }
    }
}
