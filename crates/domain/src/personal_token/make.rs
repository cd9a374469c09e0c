//! The secret of a token, its hash, and the port that makes and recognises them.

use std::fmt;

use crate::{secret::SecretText, system::RandomnessError};

/// SHA-256 of a token. The token itself (256 random bits) is never stored.
#[derive(Clone, Copy)]
pub struct PersonalTokenHash(pub [u8; 32]);

impl PartialEq for PersonalTokenHash {
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(&self.0[..], &other.0[..]).into()
    }
}

impl Eq for PersonalTokenHash {}

impl fmt::Debug for PersonalTokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token hash]")
    }
}

/// A token that was just made.
#[derive(Debug, Clone)]
pub struct NewPersonalToken {
    /// The token, for its owner's eyes, once.
    pub secret: SecretText,
    /// The hash under which it is stored.
    pub hash: PersonalTokenHash,
    /// By which its owner tells it from others.
    pub hint: String,
}

/// Makes and recognises personal access tokens.
///
/// A token is 256 random bits behind the prefix `lk_`, with a checksum behind them: a mistyped one is known without a
/// look into the store, and scanners for leaked secrets can be sure of what they found.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait PersonalTokens: Send + Sync {
    /// A new token.
    ///
    /// # Errors
    /// [`RandomnessError`] when the system has no random bytes.
    fn generate(&self) -> Result<NewPersonalToken, RandomnessError>;

    /// The hash of a token; `None` for a text that can't be one: another prefix or length, a wrong checksum.
    fn recognise(&self, presented: &str) -> Option<PersonalTokenHash>;
}
