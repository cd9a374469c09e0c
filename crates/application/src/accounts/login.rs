//! Signing in with address and password.

use latchkey_domain::{
    audit::AuditAction,
    rate_limit::LimitName,
    secret::SecretText,
    user::{Email, User},
};

use super::{Accounts, AccountsError, SignedInTokens, guesses::FailureCount};
use crate::{ClientAddress, limits};

/// Somebody wants to sign in.
#[derive(Debug, Clone)]
pub struct Login {
    /// The account's address.
    pub email: Email,
    /// The password, however long.
    pub password: SecretText,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Where the request comes from.
    pub address: ClientAddress,
}

impl Accounts {
    /// Begins a session of the account whose address and password these are.
    ///
    /// # Errors
    /// [`AccountsError::BadCredentials`] for an unknown address, a wrong password, a disabled account and one without
    /// a password: one answer, after the same work. [`AccountsError::LimitReached`] when too many tries from there
    /// were wrong; [`AccountsError::Busy`] when too many people sign in at once.
    pub async fn login(&self, command: Login) -> Result<SignedInTokens, AccountsError> {
        let counts = failure_counts(&command);
        let user = self
            .count_if_wrong(&counts, self.account_of(&command))
            .await?
            .ok_or(AccountsError::BadCredentials)?;
        // Wrong guesses that ran beside this one may have used up the rest: many at once are no way around the limit.
        self.ensure_guesses_left(&counts).await?;
        let tokens = self.sign_in(&user, command.user_agent.as_deref()).await?;
        self.ports
            .audit(Some(user.id), user.id, AuditAction::SignedIn, user.id)
            .await;
        Ok(tokens)
    }

    async fn account_of(&self, command: &Login) -> Result<Option<User>, AccountsError> {
        let user = self.ports.users.find_user_by_email(&command.email).await?;
        let right = self
            .is_password_of(user.as_ref(), &command.password)
            .await?;
        Ok(user.filter(|_| right))
    }
}

/// Wrong tries count for the account only together with the address, so that nobody can lock somebody else out.
fn failure_counts(command: &Login) -> [FailureCount; 2] {
    [
        FailureCount {
            limit: LimitName::LoginFailuresPerAddress,
            subject: limits::address(&command.address),
        },
        FailureCount {
            limit: LimitName::LoginFailuresPerAccount,
            subject: limits::account_from(&command.email, &command.address),
        },
    ]
}
