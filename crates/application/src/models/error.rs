//! Why the models could not be listed.

use latchkey_domain::{StoreError, error::BoxError, llm::LlmError};

use crate::api_keys::ApiKeysError;

/// Why the models could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// The provider did not list them for the key in use.
    #[error(transparent)]
    Provider(#[from] LlmError),
    /// The key in use can't be read: its seal doesn't open.
    #[error("the stored key can't be read")]
    Unreadable,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server itself failed.
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl From<ApiKeysError> for ModelsError {
    /// Errors of opening a stored key.
    fn from(error: ApiKeysError) -> Self {
        match error {
            ApiKeysError::Unreadable => Self::Unreadable,
            ApiKeysError::Provider(error) => Self::Provider(error),
            ApiKeysError::Store(error) => Self::Store(error),
            ApiKeysError::Internal(error) => Self::Internal(error),
            ApiKeysError::Malformed(_)
            | ApiKeysError::Duplicate { .. }
            | ApiKeysError::TooMany
            | ApiKeysError::NotFound
            | ApiKeysError::LimitReached(_) => Self::Internal(Box::new(error)),
        }
    }
}
