//! Accounts in memory.

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    id::UserId,
    owner::Owner,
    page::{Page, PageRequest},
    personal_token::TokenFate,
    time::Timestamp,
    user::{
        Email, InsertUserError, PasswordChange, PasswordHash, ResetCode, ResetCodeHash, User,
        UserRepo, UserRole, UserStatus,
    },
};

use super::{MemoryStore, store::State};

#[async_trait]
impl UserRepo for MemoryStore {
    async fn insert_user(&self, user: &User) -> Result<UserRole, InsertUserError> {
        self.enter("insert_user").await?;
        let mut state = self.state();
        if state.users.values().any(|other| other.email == user.email) {
            return Err(InsertUserError::EmailTaken);
        }
        let mut user = user.clone();
        if state.users.is_empty() {
            user.role = UserRole::Admin;
        }
        let role = user.role;
        state.users.insert(user.id, user);
        Ok(role)
    }

    async fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.enter("find_user").await?;
        Ok(self.state().users.get(&id).cloned())
    }

    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        self.enter("find_user_by_email").await?;
        let state = self.state();
        let found = state.users.values().find(|user| user.email == *email);
        Ok(found.cloned())
    }

    async fn list_users(
        &self,
        page: PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, StoreError> {
        self.enter("list_users").await?;
        let state = self.state();
        let after = |user: &&User| page.after.is_none_or(|cursor| user.id > cursor);
        let rest = state.users.values().filter(after).cloned();
        Ok(super::first_page(rest, page.limit, |user| user.id))
    }

    async fn update_user(&self, user: &User) -> Result<bool, StoreError> {
        self.enter("update_user").await?;
        let mut state = self.state();
        let Some(stored) = state.users.get_mut(&user.id) else {
            return Ok(false);
        };
        stored.name.clone_from(&user.name);
        stored.settings = user.settings.clone();
        stored.updated_at = user.updated_at;
        Ok(true)
    }

    async fn change_password(&self, change: &PasswordChange) -> Result<Option<u32>, StoreError> {
        self.enter("change_password").await?;
        Ok(self.state().change_password(change))
    }

    async fn rehash_password(
        &self,
        user: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        self.enter("rehash_password").await?;
        let mut state = self.state();
        if let Some(stored) = state.users.get_mut(&user)
            && stored.password_hash.as_ref() == Some(old)
        {
            stored.password_hash = Some(new.clone());
        }
        Ok(())
    }

    async fn set_user_status(
        &self,
        user: UserId,
        status: UserStatus,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.enter("set_user_status").await?;
        let mut state = self.state();
        let Some(stored) = state.users.get_mut(&user) else {
            return Ok(false);
        };
        stored.status = status;
        stored.updated_at = at;
        if status == UserStatus::Disabled {
            stored.security_version += 1;
            state.sessions.retain(|_, session| session.user != user);
            state.personal_tokens.retain(|_, token| token.user != user);
        }
        Ok(true)
    }

    async fn delete_user(&self, user: UserId) -> Result<bool, StoreError> {
        self.enter("delete_user").await?;
        let mut state = self.state();
        if state.users.remove(&user).is_none() {
            return Ok(false);
        }
        state.delete_belongings(user);
        Ok(true)
    }

    async fn insert_reset_code(&self, code: &ResetCode) -> Result<(), StoreError> {
        self.enter("insert_reset_code").await?;
        let mut state = self.state();
        state.require_owner(Owner::User(code.user))?;
        state.reset_codes.retain(|other| other.user != code.user);
        state.reset_codes.push(code.clone());
        Ok(())
    }

    async fn find_reset_code(
        &self,
        hash: ResetCodeHash,
        at: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.enter("find_reset_code").await?;
        Ok(self.state().open_reset_code(hash, at))
    }

    async fn redeem_reset_code(
        &self,
        hash: ResetCodeHash,
        new: &PasswordHash,
        tokens: TokenFate,
        at: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.enter("redeem_reset_code").await?;
        let mut state = self.state();
        let Some(user) = state.open_reset_code(hash, at) else {
            return Ok(None);
        };
        state.change_password(&PasswordChange {
            user,
            hash: new.clone(),
            keep_session: None,
            tokens,
            at,
        });
        Ok(Some(user))
    }
}

impl State {
    fn change_password(&mut self, change: &PasswordChange) -> Option<u32> {
        let user = self.users.get_mut(&change.user)?;
        user.password_hash = Some(change.hash.clone());
        user.security_version += 1;
        user.updated_at = change.at;
        self.reset_codes.retain(|code| code.user != change.user);
        self.sessions.retain(|_, session| {
            session.user != change.user || Some(session.id) == change.keep_session
        });
        if change.tokens == TokenFate::Delete {
            self.personal_tokens
                .retain(|_, token| token.user != change.user);
        }
        Some(user.security_version)
    }

    fn open_reset_code(&self, hash: ResetCodeHash, at: Timestamp) -> Option<UserId> {
        let mut codes = self.reset_codes.iter();
        let code = codes.find(|code| code.hash == hash && at < code.expires_at)?;
        Some(code.user)
    }

    /// What a database does by its foreign keys, and the names that must not outlive the account.
    fn delete_belongings(&mut self, user: UserId) {
        let owner = Owner::User(user);
        self.sessions.retain(|_, session| session.user != user);
        self.personal_tokens.retain(|_, token| token.user != user);
        self.reset_codes.retain(|code| code.user != user);
        self.once_keys.retain(|(once, _)| once.user != user);
        self.api_keys.retain(|_, key| key.owner != owner);
        self.data_keys.retain(|key| key.owner != owner);
        self.conversations.retain(|(of, _), _| *of != owner);
        let running = self.running.values();
        let ended = running.filter(|answer| answer.owner == owner);
        for message in ended.map(|answer| answer.message).collect::<Vec<_>>() {
            self.end_running(message);
        }
        for event in self.usage.iter_mut().filter(|event| event.user == user) {
            event.key_name = None;
        }
    }
}
