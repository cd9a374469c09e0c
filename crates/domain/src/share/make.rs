//! The secret of a link, its hash, and the port that makes and recognises them.

use std::fmt;

use crate::{secret::SecretText, system::RandomnessError};

/// SHA-256 of a link's secret, which itself (256 random bits) is never stored.
#[derive(Clone, Copy)]
pub struct ShareTokenHash(pub [u8; 32]);

impl PartialEq for ShareTokenHash {
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(&self.0[..], &other.0[..]).into()
    }
}

impl Eq for ShareTokenHash {}

impl fmt::Debug for ShareTokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[share hash]")
    }
}

/// The secret of a link that was just made.
#[derive(Debug, Clone)]
pub struct NewShareToken {
    /// The secret, for its owner's eyes, once.
    pub secret: SecretText,
    /// The hash under which it is stored.
    pub hash: ShareTokenHash,
}

/// Makes and recognises the secrets of links: 256 random bits in characters that an address takes as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ShareTokens: Send + Sync {
    /// A new secret.
    ///
    /// # Errors
    /// [`RandomnessError`] when the system has no random bytes.
    fn generate(&self) -> Result<NewShareToken, RandomnessError>;

    /// The hash of a secret; `None` for a text that can't be one: another length or other characters.
    fn recognise(&self, presented: &str) -> Option<ShareTokenHash>;
}
