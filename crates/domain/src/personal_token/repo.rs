//! The store of personal access tokens.

use async_trait::async_trait;

use super::{PersonalToken, PersonalTokenHash};
use crate::{
    error::StoreError,
    id::{PersonalTokenId, UserId},
    time::Timestamp,
    user::{User, UserStatus},
};

/// A token with its account, as they are in the store now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHolder {
    /// The account.
    pub user: User,
    /// The token.
    pub token: PersonalToken,
}

impl TokenHolder {
    /// Whether what this token began may go on at `now`: the account may sign in, and the token isn't expired.
    pub fn may_go_on(&self, now: Timestamp) -> bool {
        self.user.status == UserStatus::Active && !self.token.is_expired(now)
    }
}

/// Stores personal access tokens. One that was deleted is not found any more; disabling or deleting the account deletes
/// all of them. Every method is one transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait PersonalTokenRepo: Send + Sync {
    /// Inserts a new token.
    ///
    /// # Errors
    /// [`InsertPersonalTokenError::TooMany`] when the account has
    /// [`MAX_TOKENS_PER_USER`](super::MAX_TOKENS_PER_USER) tokens, also when many are made at the same time.
    async fn insert_personal_token(
        &self,
        token: &PersonalToken,
    ) -> Result<(), InsertPersonalTokenError>;

    /// The token with this hash and its account, in one read. Also a disabled account and an expired token are returned:
    /// the rules judge, not the query.
    async fn find_personal_token(
        &self,
        hash: PersonalTokenHash,
    ) -> Result<Option<TokenHolder>, StoreError>;

    /// All tokens of `user`, newest first.
    async fn list_personal_tokens(&self, user: UserId) -> Result<Vec<PersonalToken>, StoreError>;

    /// Notes that the token was used at `at`, unless a later use is noted. One that is gone stays gone.
    async fn mark_personal_token_used(
        &self,
        id: PersonalTokenId,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Deletes a token of `user`; `false` if they have no such token.
    async fn delete_personal_token(
        &self,
        user: UserId,
        id: PersonalTokenId,
    ) -> Result<bool, StoreError>;

    /// Deletes the tokens of all accounts that expired at `before` or earlier. Returns how many.
    async fn delete_expired_personal_tokens(&self, before: Timestamp) -> Result<u64, StoreError>;
}

/// Why a token was not inserted.
#[derive(Debug, thiserror::Error)]
pub enum InsertPersonalTokenError {
    /// The account has as many tokens as one may have.
    #[error("too many personal access tokens")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
