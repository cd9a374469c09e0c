//! What the operator does at the command line.

use std::time::Duration;

use latchkey_domain::{
    Page, PageRequest, Timestamp,
    audit::AuditAction,
    id::UserId,
    secret::SecretText,
    user::{Email, ResetCode, User, UserRole, UserStatus},
};

use super::{Accounts, AccountsError};

/// How long a reset code is good.
const RESET_CODE_LIFE: Duration = Duration::from_hours(1);

/// An account that the operator makes.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The address to sign in with.
    pub email: Email,
    /// The first password.
    pub password: SecretText,
    /// What the person is called.
    pub name: Option<String>,
    /// What the account may do.
    pub role: UserRole,
}

impl Accounts {
    /// Makes an account, however sign-up is set. The server's very first is an operator's whatever its role says.
    ///
    /// # Errors
    /// [`AccountsError::InvalidPassword`], [`AccountsError::WeakPassword`], [`AccountsError::EmailTaken`].
    pub async fn add_user(&self, new: NewUser) -> Result<User, AccountsError> {
        let hash = self
            .hash_chosen_password(&new.password, &new.email, new.name.as_deref())
            .await?;
        let user = User {
            role: new.role,
            ..self.new_user(new.email, new.name, hash)
        };
        let user = self.insert_user(user).await?;
        self.note_by_operator(AuditAction::UserRegistered, user.id)
            .await;
        Ok(user)
    }

    /// All accounts, oldest first.
    pub async fn list_users(
        &self,
        page: PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, AccountsError> {
        Ok(self.ports.users.list_users(page).await?)
    }

    /// Lets an account sign in, or no more. Disabling ends all its sessions and voids its tokens at once.
    ///
    /// # Errors
    /// [`AccountsError::NotFound`] when no account has the address.
    pub async fn set_user_status(
        &self,
        email: &Email,
        status: UserStatus,
    ) -> Result<(), AccountsError> {
        let user = self.account_with(email).await?.id;
        let now = self.ports.clock.now();
        if !self.ports.users.set_user_status(user, status, now).await? {
            return Err(AccountsError::NotFound);
        }
        self.note_by_operator(AuditAction::UserStatusChanged, user)
            .await;
        Ok(())
    }

    /// Makes a one-time code, good for an hour, with which the person chooses a new password. Earlier codes are void.
    ///
    /// # Errors
    /// [`AccountsError::NotFound`] when no account has the address.
    pub async fn start_reset(
        &self,
        email: &Email,
    ) -> Result<(SecretText, Timestamp), AccountsError> {
        let user = self.account_with(email).await?.id;
        let (code, hash) = self.ports.reset_codes.generate()?;
        let created_at = self.ports.clock.now();
        let expires_at = created_at.plus(RESET_CODE_LIFE);
        let stored = ResetCode {
            hash,
            user,
            created_at,
            expires_at,
        };
        self.ports.users.insert_reset_code(&stored).await?;
        self.note_by_operator(AuditAction::PasswordResetStarted, user)
            .await;
        Ok((code, expires_at))
    }

    async fn account_with(&self, email: &Email) -> Result<User, AccountsError> {
        let found = self.ports.users.find_user_by_email(email).await?;
        found.ok_or(AccountsError::NotFound)
    }

    async fn note_by_operator(&self, action: AuditAction, user: UserId) {
        self.ports.audit(None, user, action, user).await;
    }
}
