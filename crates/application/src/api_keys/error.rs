//! Why something with a key did not work.

use latchkey_domain::{
    StoreError,
    api_key::{MalformedKey, VaultError},
    error::BoxError,
    id::ApiKeyId,
    llm::LlmError,
    rate_limit::{LimitReached, RateLimiterError},
};

use super::OpenKeyError;

/// Why something with a key did not work.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeysError {
    /// The text can't be a key.
    #[error(transparent)]
    Malformed(#[from] MalformedKey),
    /// The provider rejects the key, or could not be asked. Nothing was stored.
    #[error(transparent)]
    Provider(#[from] LlmError),
    /// The owner has this key already.
    #[error("the key is stored already")]
    Duplicate {
        /// The id under which it is stored.
        existing: ApiKeyId,
    },
    /// The owner has as many keys as one may have.
    #[error("too many keys")]
    TooMany,
    /// An order doesn't name each of the owner's keys exactly once.
    #[error("the order doesn't name each key exactly once")]
    NotTheKeys,
    /// There is no such key of this owner.
    #[error("no such key")]
    NotFound,
    /// The stored key's seal doesn't open.
    #[error("the stored key can't be read")]
    Unreadable,
    /// A limit is reached.
    #[error(transparent)]
    LimitReached(#[from] LimitReached),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server itself failed.
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl From<VaultError> for ApiKeysError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unreadable => Self::Unreadable,
            VaultError::NoRandomness => Self::Internal(Box::new(error)),
            VaultError::Store(error) => Self::Store(error),
        }
    }
}

impl From<OpenKeyError> for ApiKeysError {
    fn from(error: OpenKeyError) -> Self {
        match error {
            OpenKeyError::Unreadable => Self::Unreadable,
            OpenKeyError::Store(error) => Self::Store(error),
            OpenKeyError::Internal(error) => Self::Internal(error),
        }
    }
}

impl From<RateLimiterError> for ApiKeysError {
    fn from(error: RateLimiterError) -> Self {
        match error {
            RateLimiterError::Reached(reached) => Self::LimitReached(reached),
            RateLimiterError::Store(error) => Self::Store(error),
        }
    }
}
