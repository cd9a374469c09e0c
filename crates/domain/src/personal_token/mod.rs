//! Personal access tokens: with them a person's scripts sign in, for as long and for as much as the person chose.

mod make;
mod repo;
mod scope;

pub use make::{NewPersonalToken, PersonalTokenHash, PersonalTokens};
pub use repo::{InsertPersonalTokenError, PersonalTokenRepo, TokenHolder};
pub use scope::{InvalidScope, NoScope, Scope, Scopes};

#[cfg(feature = "mocks")]
pub use {make::MockPersonalTokens, repo::MockPersonalTokenRepo};

use std::time::Duration;

use crate::{
    id::{PersonalTokenId, UserId},
    time::Timestamp,
};

/// Most tokens of one account.
pub const MAX_TOKENS_PER_USER: usize = 100;
/// Most characters of a token's name.
pub const MAX_TOKEN_NAME_CHARS: usize = 100;
/// A use is noted only if the last that was noted is at least this long ago, so that not every request writes.
pub const TOKEN_USE_RESOLUTION: Duration = Duration::from_mins(1);
/// How long an expired token is still listed, so that its owner sees why a script stopped.
pub const EXPIRED_TOKEN_KEPT: Duration = Duration::from_hours(30 * 24);

/// A personal access token, without its secret: that is shown once and never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalToken {
    /// The token's id.
    pub id: PersonalTokenId,
    /// Whose it is.
    pub user: UserId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Hash of the secret.
    pub hash: PersonalTokenHash,
    /// By which its owner tells it from others: the secret's last characters, which are a checksum.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to within [`TOKEN_USE_RESOLUTION`].
    pub last_used_at: Option<Timestamp>,
    /// From when on it is void; `None` for never.
    pub expires_at: Option<Timestamp>,
}

impl PersonalToken {
    /// Whether the token is void at `now` because of its age.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expiry| now >= expiry)
    }

    /// Whether a use at `now` is worth a write.
    pub fn is_use_worth_noting(&self, now: Timestamp) -> bool {
        self.last_used_at
            .is_none_or(|last| now >= last.plus(TOKEN_USE_RESOLUTION))
    }
}

/// What becomes of an account's personal tokens when its password is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenFate {
    /// They go on.
    Keep,
    /// They are deleted.
    Delete,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> PersonalToken {
        PersonalToken {
            id: PersonalTokenId::from_uuid(uuid::Uuid::nil()),
            user: UserId::from_uuid(uuid::Uuid::nil()),
            name: "backup".to_owned(),
            scopes: Scopes::of([Scope::Chat]).unwrap(),
            hash: PersonalTokenHash([1; 32]),
            hint: "…4f2A".to_owned(),
            created_at: Timestamp::EPOCH,
            last_used_at: None,
            expires_at: None,
        }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn a_token_without_expiry_never_expires() {
        assert!(!token().is_expired(at(u32::MAX.into())));
    }

    #[test]
    fn a_token_is_void_from_its_expiry_on() {
        let token = PersonalToken {
            expires_at: Some(at(10)),
            ..token()
        };
        assert!(!token.is_expired(at(9)));
        assert!(token.is_expired(at(10)));
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        assert!(token().is_use_worth_noting(at(0)));
        let used = PersonalToken {
            last_used_at: Some(at(100)),
            ..token()
        };
        assert!(!used.is_use_worth_noting(at(159)));
        assert!(used.is_use_worth_noting(at(160)));
        // A clock that was set back is no reason to write each time.
        assert!(!used.is_use_worth_noting(at(50)));
    }
}
