//! Why the models could not be listed.

use latchkey_domain::{StoreError, error::BoxError, llm::LlmError};

use crate::api_keys::OpenKeyError;

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

impl From<OpenKeyError> for ModelsError {
    fn from(error: OpenKeyError) -> Self {
        match error {
            OpenKeyError::Unreadable => Self::Unreadable,
            OpenKeyError::Store(error) => Self::Store(error),
            OpenKeyError::Internal(error) => Self::Internal(error),
        }
    }
}
