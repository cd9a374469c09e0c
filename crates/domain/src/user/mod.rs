//! Accounts.

mod email;
mod password;
mod repo;
mod reset_code;
mod settings;

pub use email::{Email, InvalidEmail};
pub use password::{
    DEFAULT_MIN_PASSWORD_CHARS, InvalidPassword, Password, PasswordHash, PasswordHasher,
    PasswordHasherError, PasswordStrength, PasswordWeakness, Verification,
};
pub use repo::{InsertUserError, PasswordChange, ResetCode, ResetCodeHash, UserRepo};
pub use reset_code::ResetCodes;
pub use settings::{CacheLifetime, OnDisconnect, SettingsChange, UserSettings};

use crate::{id::UserId, time::Timestamp};

#[cfg(feature = "mocks")]
pub use {
    password::MockPasswordHasher, password::MockPasswordStrength, repo::MockUserRepo,
    reset_code::MockResetCodes,
};

/// Most characters of a person's name.
pub const MAX_NAME_CHARS: usize = 100;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The account's id.
    pub id: UserId,
    /// The address that it signs in with, unique without regard to case.
    pub email: Email,
    /// What the person wants to be called.
    pub name: Option<String>,
    /// What the account may do beside its own things.
    pub role: UserRole,
    /// Whether it may sign in.
    pub status: UserStatus,
    /// The password's hash; `None` for an account that can't sign in by password.
    pub password_hash: Option<PasswordHash>,
    /// Grows with each change that ends all access tokens given before.
    pub security_version: u32,
    /// The person's own choices.
    pub settings: UserSettings,
    /// When the terms were accepted, if they were.
    pub terms_accepted_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account last changed.
    pub updated_at: Timestamp,
}

/// What an account may do beside its own things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserRole {
    /// Its own things alone.
    User,
    /// The operator of this server: also administers accounts. Never reads anybody's keys.
    Admin,
}

/// Whether an account may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserStatus {
    /// It may.
    Active,
    /// It may not, and none of its tokens is good.
    Disabled,
}

/// A person's name: trimmed, without control characters, 1 to [`MAX_NAME_CHARS`] characters.
///
/// # Errors
/// What is wrong with it, as a sentence for the person.
pub fn parse_name(text: &str) -> Result<String, InvalidName> {
    parse_label(text, MAX_NAME_CHARS)
}

/// One line of text that people read: trimmed, 1 to `max_chars` characters, none of which could forge
/// a line or turn the writing direction.
///
/// # Errors
/// [`InvalidName`] says which rule is broken.
pub fn parse_label(text: &str, max_chars: usize) -> Result<String, InvalidName> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidName::Empty);
    }
    if text.chars().count() > max_chars {
        return Err(InvalidName::TooLong { max: max_chars });
    }
    if text
        .chars()
        .any(|c| c.is_control() || is_invisible_control(c))
    {
        return Err(InvalidName::ControlCharacter);
    }
    Ok(text.to_owned())
}

/// Line and paragraph separators, and the marks that override the writing direction.
fn is_invisible_control(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}')
}

/// Why a text can't be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing is left after trimming.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// Control characters, line separators or direction marks.
    #[error("must not contain control characters")]
    ControlCharacter,
}
