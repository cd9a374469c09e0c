//! Time, ids and randomness: inputs like any other, so that tests choose them.

use uuid::Uuid;

use crate::time::Timestamp;

/// What time it is.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The present instant. It may step back; no caller may rely on it to grow.
    fn now(&self) -> Timestamp;
}

/// Where new ids come from.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait IdSource: Send + Sync {
    /// A new UUID of version 7: unique, and greater than those that this source gave before.
    fn next_uuid(&self) -> Uuid;
}

/// The operating system's random generator.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Randomness: Send + Sync {
    /// Fills `bytes` with random bytes fit for keys.
    ///
    /// # Errors
    /// [`RandomnessError`] when the system has none; `bytes` is then unspecified and must not be used.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError>;
}

/// The system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct RandomnessError;
