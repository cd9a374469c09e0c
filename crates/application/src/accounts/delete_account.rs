//! Deleting one's own account.

use latchkey_domain::audit::AuditAction;

use super::{Accounts, AccountsError};
use crate::Actor;

impl Accounts {
    /// Deletes the actor's account with its keys, conversations and sessions. Ledger and audit keep ids only.
    ///
    /// Answers that are running end by themselves: their conversation is gone, so their next sign of life, within a
    /// second, finds the lease lost, and the provider is left.
    ///
    /// # Errors
    /// [`AccountsError::StepUpRequired`]; [`AccountsError::NotSignedIn`] when the account was deleted meanwhile.
    pub async fn delete_account(&self, actor: &Actor) -> Result<(), AccountsError> {
        self.ensure_stepped_up(actor)?;
        let user = actor.user.id;
        let keys = self.ports.api_keys.list_api_keys(actor.owner()).await?;
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
