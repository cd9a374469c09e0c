//! One-time codes with which a person chooses a new password, and the port that makes them.

use super::ResetCodeHash;
use crate::{secret::SecretText, system::RandomnessError};

/// Makes and recognises one-time reset codes.
///
/// A code is 160 random bits behind the prefix `lkc_`, in groups that can be read aloud and typed. It is handed
/// over once; only its hash is stored.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ResetCodes: Send + Sync {
    /// A new code and the hash under which it is stored.
    ///
    /// # Errors
    /// [`RandomnessError`] when the system has no random bytes.
    fn generate(&self) -> Result<(SecretText, ResetCodeHash), RandomnessError>;

    /// The hash of a code as a person typed it (case, spaces and dashes don't matter); `None` for a text that
    /// can't be a code.
    fn hash(&self, typed: &str) -> Option<ResetCodeHash>;
}
