//! A new account, whoever makes it.

use latchkey_domain::{
    id::UserId,
    user::{Email, InsertUserError, PasswordHash, User, UserRole, UserSettings, UserStatus},
};

use super::{Accounts, AccountsError};

impl Accounts {
    /// An ordinary account, not stored yet.
    pub(super) fn new_user(&self, email: Email, name: Option<String>, hash: PasswordHash) -> User {
        let now = self.ports.clock.now();
        User {
            id: UserId::new(self.ports.ids.as_ref()),
            email,
            name,
            role: UserRole::User,
            status: UserStatus::Active,
            password_hash: Some(hash),
            security_version: 1,
            settings: UserSettings::default(),
            terms_accepted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Stores the account and returns it with the role that it got.
    pub(super) async fn insert_user(&self, user: User) -> Result<User, AccountsError> {
        match self.ports.users.insert_user(&user).await {
            Ok(role) => Ok(User { role, ..user }),
            Err(InsertUserError::EmailTaken) => Err(AccountsError::EmailTaken),
            Err(InsertUserError::Store(error)) => Err(error.into()),
        }
    }
}
