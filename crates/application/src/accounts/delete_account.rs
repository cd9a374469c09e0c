//! Deleting one's own account.

use latchkey_domain::{Owner, audit::AuditAction, session::SignedIn};

use super::{Accounts, AccountsError};

impl Accounts {
    /// Deletes the person's account with its keys, conversations, sessions and personal access tokens. Ledger and audit keep ids only.
    ///
    /// Answers that are running end by themselves: their conversation is gone, so their next sign of life, within a
    /// second, finds the lease lost, and the provider is left.
    ///
    /// # Errors
    /// [`AccountsError::StepUpRequired`]; [`AccountsError::NotSignedIn`] when the account was deleted meanwhile.
    pub async fn delete_account(&self, by: &SignedIn) -> Result<(), AccountsError> {
        self.ensure_stepped_up(by)?;
        let user = by.user.id;
        let owner = Owner::User(user);
        let keys = self.ports.api_keys.list_api_keys(owner).await?;
        if !self.ports.users.delete_user(user).await? {
            return Err(AccountsError::NotSignedIn);
        }
        for key in keys {
            self.ports.vault.forget(key.id);
        }
        self.ports
            .audit(Some(user), user, AuditAction::UserDeleted, user)
            .await;
        Ok(())
    }
}
