//! What people change at their own account.

use latchkey_domain::{
    session::SignedIn,
    user::{SettingsChange, User},
};

use super::{Accounts, AccountsError};

/// A change of one's own account; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UpdateMe {
    /// What the person wants to be called; `Some(None)` takes the name away.
    pub name: Option<Option<String>>,
    /// Their choices.
    pub settings: SettingsChange,
}

impl Accounts {
    /// Changes the person's account and returns it.
    ///
    /// # Errors
    /// [`AccountsError::NotSignedIn`] when the account was deleted meanwhile.
    pub async fn update_me(&self, by: &SignedIn, change: UpdateMe) -> Result<User, AccountsError> {
        let mut user = by.user.clone();
        user.name = change.name.unwrap_or(user.name);
        user.settings = user.settings.with(change.settings);
        user.updated_at = self.ports.clock.now();
        if self.ports.users.update_user(&user).await? {
            Ok(user)
        } else {
            Err(AccountsError::NotSignedIn)
        }
    }
}
