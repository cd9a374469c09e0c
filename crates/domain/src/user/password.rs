//! Passwords: what one must be, and the ports that judge and hash it.

use std::fmt;

use async_trait::async_trait;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::{error::BoxError, secret::SecretText};

/// Fewest characters of a password unless the operator says otherwise.
pub const DEFAULT_MIN_PASSWORD_CHARS: usize = 12;
/// Most characters of a password; more are refused before anything is hashed.
const MAX_CHARS: usize = 256;
/// Most bytes of a password.
const MAX_BYTES: usize = 1_024;

/// A password in clear, in Unicode normal form C, of a length that may be hashed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(SecretText);

impl Password {
    /// Takes a password that somebody chose, with at least `min_chars` characters.
    ///
    /// # Errors
    /// [`InvalidPassword`] when it is too short or too long.
    pub fn choose(text: &SecretText, min_chars: usize) -> Result<Self, InvalidPassword> {
        let password = Self::present(text)?;
        if password.expose().chars().count() < min_chars {
            return Err(InvalidPassword::TooShort { min: min_chars });
        }
        Ok(password)
    }

    /// Takes a password that somebody presents to sign in, however short.
    ///
    /// # Errors
    /// [`InvalidPassword::TooLong`].
    pub fn present(text: &SecretText) -> Result<Self, InvalidPassword> {
        let text = text.expose();
        if text.len() > MAX_BYTES || text.chars().count() > MAX_CHARS {
            return Err(InvalidPassword::TooLong { max: MAX_CHARS });
        }
        // Three bytes for each is the most that NFC makes of one, so the buffer never moves and leaves no copy.
        let mut normal = Zeroizing::new(String::with_capacity(text.len() * 3));
        normal.extend(text.nfc());
        Ok(Self(SecretText::from(normal)))
    }

    /// The password, for the hasher and the judge of its strength.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[password]")
    }
}

/// Why a text can't be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// Fewer characters than required.
    #[error("must have at least {min} characters")]
    TooShort {
        /// The fewest allowed.
        min: usize,
    },
    /// More than can be hashed.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most allowed.
        max: usize,
    },
}

/// Judges whether a password can be guessed.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait PasswordStrength: Send + Sync {
    /// Judges `password` of somebody with these `personal` words (parts of the address, the name).
    ///
    /// # Errors
    /// [`PasswordWeakness`] when an attacker who knows the lists of leaked passwords, this product's name
    /// and the `personal` words would guess it soon.
    fn judge(&self, password: &Password, personal: &[String]) -> Result<(), PasswordWeakness>;
}

/// Why a password is too easy to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordWeakness {
    /// It stands in the list of the most used passwords.
    #[error("is one of the most used passwords; choose another")]
    Common,
    /// It is made of the account's own address or name, or this product's.
    #[error("contains your address, your name or this product's; choose another")]
    Personal,
    /// It would be guessed in too few tries.
    #[error("is too easy to guess; a few unrelated words make a good one")]
    Guessable,
}

/// A password's hash in PHC string form, with its own salt and parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash with this PHC string.
    pub fn from_phc(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[password hash]")
    }
}

/// What the hasher says of a presented password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It is the one; `outdated` when the hash is weaker than hashes made today.
    Matches {
        /// Whether the password should be hashed anew.
        outdated: bool,
    },
    /// It is another.
    Differs,
}

/// Hashes passwords, slowly by intent, in bounded memory.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// A new hash of `password` with a fresh salt.
    ///
    /// # Errors
    /// [`PasswordHasherError::Busy`] at once when as many hashes wait as may wait.
    async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordHasherError>;

    /// Whether `password` is the one of `hash`. Without a hash the answer is [`Verification::Differs`] after the
    /// same work, with the parameters in force, so that time tells nothing about which accounts exist.
    ///
    /// # Errors
    /// [`PasswordHasherError::Busy`] at once when as many hashes wait as may wait.
    async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<Verification, PasswordHasherError>;
}

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordHasherError {
    /// Too many hashes wait already; try again in about a second.
    #[error("too many sign-ins at once")]
    Busy,
    /// The hasher itself failed, or the stored hash can't be read.
    #[error("the password could not be hashed")]
    Failed(#[source] BoxError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[test]
    fn composed_and_decomposed_are_one_password() {
        let composed = Password::present(&secret("caf\u{e9} au lait fort")).unwrap();
        let decomposed = Password::present(&secret("cafe\u{301} au lait fort")).unwrap();
        assert_eq!(composed, decomposed);
    }

    #[test]
    fn length_is_counted_in_characters_up_to_a_bound() {
        assert_eq!(
            Password::choose(&secret("elevenchars"), 12),
            Err(InvalidPassword::TooShort { min: 12 })
        );
        assert!(Password::choose(&secret("twelve chars"), 12).is_ok());
        assert!(Password::choose(&secret("éééééééééééé"), 12).is_ok());
        assert!(Password::present(&secret(&"a".repeat(257))).is_err());
        assert!(Password::present(&secret(&"𝔘".repeat(257))).is_err());
    }
}
