//! Making an account, by the person themself.

use latchkey_domain::{
    PageRequest,
    audit::AuditAction,
    rate_limit::LimitName,
    secret::SecretText,
    user::{Email, User, UserRole},
};

use super::{Accounts, AccountsError, SignedInTokens};
use crate::{ClientAddress, SignupMode, limits};

/// Somebody wants an account.
#[derive(Debug, Clone)]
pub struct Register {
    /// The address to sign in with.
    pub email: Email,
    /// The password that they chose.
    pub password: SecretText,
    /// What they want to be called.
    pub name: Option<String>,
    /// Whether they accept the terms.
    pub accept_terms: bool,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Where the request comes from.
    pub address: ClientAddress,
}

impl Accounts {
    /// Makes an account and signs it in. The server's very first account can always be made, and is its operator's.
    ///
    /// # Errors
    /// [`AccountsError::LimitReached`] after too many tries from there, [`AccountsError::SignupClosed`],
    /// [`AccountsError::InvalidPassword`], [`AccountsError::WeakPassword`], [`AccountsError::EmailTaken`].
    pub async fn register(&self, command: Register) -> Result<SignedInTokens, AccountsError> {
        let subject = limits::address(&command.address);
        let limiter = &self.ports.limiter;
        limiter.take(LimitName::Registrations, &subject).await?;
        if !self.can_sign_up().await? {
            return Err(AccountsError::SignupClosed);
        }
        let hash = self
            .hash_chosen_password(&command.password, &command.email, command.name.as_deref())
            .await?;
        let user = self.new_user(command.email, command.name, hash);
        let user = self
            .insert_registered(User {
                terms_accepted_at: command.accept_terms.then_some(user.created_at),
                ..user
            })
            .await?;
        self.ports
            .audit(Some(user.id), user.id, AuditAction::UserRegistered, user.id)
            .await;
        self.sign_in(&user, command.user_agent.as_deref()).await
    }

    /// Whether somebody can make an account now.
    pub(super) async fn can_sign_up(&self) -> Result<bool, AccountsError> {
        Ok(self.signup_is_open() || self.is_first_account().await?)
    }

    fn signup_is_open(&self) -> bool {
        match self.policy.signup {
            SignupMode::Open => true,
            SignupMode::Invite | SignupMode::Closed => false,
        }
    }

    async fn is_first_account(&self) -> Result<bool, AccountsError> {
        let page = self.ports.users.list_users(PageRequest::first(1)).await?;
        Ok(page.items.is_empty())
    }

    /// Inserts the account. When sign-up isn't open, of several who found the server empty at the same time only the
    /// one whom the store made its operator stays.
    async fn insert_registered(&self, user: User) -> Result<User, AccountsError> {
        let user = self.insert_user(user).await?;
        if !self.signup_is_open() && user.role != UserRole::Admin {
            self.ports.users.delete_user(user.id).await?;
            return Err(AccountsError::SignupClosed);
        }
        Ok(user)
    }
}
