//! The store of accounts.

use async_trait::async_trait;

use super::{Email, PasswordHash, User, UserRole, UserStatus};
use crate::{
    error::StoreError,
    id::{SessionId, UserId},
    page::{Page, PageRequest},
    personal_token::TokenFate,
    time::Timestamp,
};

/// SHA-256 of a one-time reset code. The code itself (≥ 128 random bits) is never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResetCodeHash(pub [u8; 32]);

/// A one-time code with which a person chooses a new password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetCode {
    /// Hash of the code.
    pub hash: ResetCodeHash,
    /// Whose password it resets.
    pub user: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is void.
    pub expires_at: Timestamp,
}

/// A new password for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordChange {
    /// The account.
    pub user: UserId,
    /// Hash of the new password.
    pub hash: PasswordHash,
    /// The session that stays, if any; all others end.
    pub keep_session: Option<SessionId>,
    /// What becomes of the personal access tokens.
    pub tokens: TokenFate,
    /// When.
    pub at: Timestamp,
}

/// Stores accounts. Every method is one transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait UserRepo: Send + Sync {
    /// Inserts a new account and returns the role that it got: [`UserRole::Admin`] if it is the very first
    /// account of the server, else `user.role`. Of two first accounts at the same time one is first.
    ///
    /// # Errors
    /// [`InsertUserError::EmailTaken`] when another account has the address.
    async fn insert_user(&self, user: &User) -> Result<UserRole, InsertUserError>;

    /// The account with this id.
    async fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The account with this address.
    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;

    /// All accounts, oldest first.
    async fn list_users(&self, page: PageRequest<UserId>)
    -> Result<Page<User, UserId>, StoreError>;

    /// Writes name, settings and `updated_at` of `user`; `false` if the account is gone.
    async fn update_user(&self, user: &User) -> Result<bool, StoreError>;

    /// Replaces the password, raises the security version by one, voids open reset codes and ends all
    /// sessions but `keep_session`; the personal access tokens go on or are deleted, as `tokens` says.
    /// Returns the new security version; `None` if the account is gone.
    async fn change_password(&self, change: &PasswordChange) -> Result<Option<u32>, StoreError>;

    /// Replaces `old` by `new`, a stronger hash of the same password, if `old` still stands; ends nothing.
    async fn rehash_password(
        &self,
        user: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError>;

    /// Enables or disables the account; disabling raises the security version, ends all sessions and deletes
    /// all personal access tokens. `false` if the account is gone.
    async fn set_user_status(
        &self,
        user: UserId,
        status: UserStatus,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Deletes the account with its keys, data keys, conversations, sessions and personal access tokens. Ledger
    /// and audit rows stay, with ids only. `false` if it was gone already.
    async fn delete_user(&self, user: UserId) -> Result<bool, StoreError>;

    /// Stores a reset code, and voids earlier ones of the same account.
    async fn insert_reset_code(&self, code: &ResetCode) -> Result<(), StoreError>;

    /// The account that an unused code is for, if it isn't expired at `at`. Does not use it up.
    async fn find_reset_code(
        &self,
        hash: ResetCodeHash,
        at: Timestamp,
    ) -> Result<Option<UserId>, StoreError>;

    /// Uses the code up and does what [`change_password`](Self::change_password) does with `new` and
    /// `tokens`, in one transaction. `None` if the code is unknown, used or expired at `at`; of two that
    /// present it at the same time only one gets the account.
    async fn redeem_reset_code(
        &self,
        hash: ResetCodeHash,
        new: &PasswordHash,
        tokens: TokenFate,
        at: Timestamp,
    ) -> Result<Option<UserId>, StoreError>;
}

/// Why an account was not inserted.
#[derive(Debug, thiserror::Error)]
pub enum InsertUserError {
    /// Another account has this address.
    #[error("the address is taken")]
    EmailTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
