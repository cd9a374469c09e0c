//! Passwords and codes that somebody presents: refused after too many wrong ones, and checked with the same work
//! whoever is meant.

use std::{error::Error, future::Future};

use latchkey_domain::{
    id::UserId,
    rate_limit::{LimitName, LimitSubject},
    secret::SecretText,
    user::{Password, PasswordHash, User, UserStatus, Verification},
};

use super::{Accounts, AccountsError};

/// A count of wrong guesses.
pub(super) struct FailureCount {
    pub(super) limit: LimitName,
    pub(super) subject: LimitSubject,
}

impl Accounts {
    /// Checks a guess that is `None` when it is wrong. Too many wrong ones before it: it isn't even looked at.
    /// Only wrong ones count.
    pub(super) async fn count_if_wrong<T>(
        &self,
        counts: &[FailureCount],
        guess: impl Future<Output = Result<Option<T>, AccountsError>>,
    ) -> Result<Option<T>, AccountsError> {
        self.ensure_guesses_left(counts).await?;
        let right = guess.await?;
        if right.is_none() {
            for FailureCount { limit, subject } in counts {
                self.ports.limiter.take(*limit, subject).await?;
            }
        }
        Ok(right)
    }

    /// Refuses when too many guesses were wrong.
    pub(super) async fn ensure_guesses_left(
        &self,
        counts: &[FailureCount],
    ) -> Result<(), AccountsError> {
        for FailureCount { limit, subject } in counts {
            self.ports.limiter.peek(*limit, subject).await?;
        }
        Ok(())
    }

    /// Whether `presented` is the password of `user`, who may sign in. An account that doesn't exist, is disabled or
    /// has no password costs the same work. A text that is too long to be any password is not hashed at all.
    pub(super) async fn is_password_of(
        &self,
        user: Option<&User>,
        presented: &SecretText,
    ) -> Result<bool, AccountsError> {
        let Ok(password) = Password::present(presented) else {
            return Ok(false);
        };
        let account = user.filter(|user| user.status == UserStatus::Active);
        let account = account.and_then(|user| Some((user.id, user.password_hash.clone()?)));
        let hash = account.as_ref().map(|(_, hash)| hash.clone());
        let verification = self.ports.hasher.verify(password.clone(), hash).await?;
        match (verification, account) {
            (Verification::Matches { outdated: false }, Some(_)) => Ok(true),
            (Verification::Matches { outdated: true }, Some((user, old))) => {
                self.strengthen_hash(user, &old, password).await;
                Ok(true)
            }
            (Verification::Differs, _) | (_, None) => Ok(false),
        }
    }

    /// Replaces a hash that is weaker than today's. Nobody is kept out because that doesn't work.
    async fn strengthen_hash(&self, user: UserId, old: &PasswordHash, password: Password) {
        if let Err(error) = self.replace_hash(user, old, password).await {
            let cause: &dyn Error = &error;
            tracing::warn!(
                cause,
                %user,
                "an outdated password hash could not be replaced"
            );
        }
    }

    async fn replace_hash(
        &self,
        user: UserId,
        old: &PasswordHash,
        password: Password,
    ) -> Result<(), AccountsError> {
        let new = self.ports.hasher.hash(password).await?;
        Ok(self.ports.users.rehash_password(user, old, &new).await?)
    }
}
