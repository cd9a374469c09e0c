//! Faults of the store as problems.

use std::time::Duration;

use latchkey_domain::StoreError;

use super::{Code, InternalCause, Problem};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Unavailable(_) => Self::new(
                Code::StoreUnavailable,
                "The server can't reach its database at the moment. Please try again soon.",
            )
            .retry_after(Duration::from_secs(2))
            .because(InternalCause::new(error)),
            StoreError::Full(_) => Self::new(
                Code::StorageFull,
                "The server has no room left to save this. Please tell its operator.",
            )
            .because(InternalCause::new(error)),
            StoreError::Corrupt { .. } | StoreError::Internal(_) => {
                Self::internal(InternalCause::new(error))
            }
        }
    }
}
