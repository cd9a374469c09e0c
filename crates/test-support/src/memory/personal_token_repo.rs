//! Personal access tokens in memory.

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    id::{PersonalTokenId, UserId},
    owner::Owner,
    personal_token::{
        InsertPersonalTokenError, MAX_TOKENS_PER_USER, PersonalToken, PersonalTokenHash,
        PersonalTokenRepo, TokenHolder,
    },
    time::Timestamp,
};

use super::{MemoryStore, count};

#[async_trait]
impl PersonalTokenRepo for MemoryStore {
    async fn insert_personal_token(
        &self,
        token: &PersonalToken,
    ) -> Result<(), InsertPersonalTokenError> {
        self.enter("insert_personal_token").await?;
        let mut state = self.state();
        state.require_owner(Owner::User(token.user))?;
        let tokens = state.personal_tokens.values();
        if tokens.filter(|other| other.user == token.user).count() >= MAX_TOKENS_PER_USER {
            return Err(InsertPersonalTokenError::TooMany);
        }
        let mut stored = state.personal_tokens.values();
        if stored.any(|other| other.hash == token.hash) {
            let cause = "a token with this hash is stored";
            return Err(StoreError::Internal(cause.into()).into());
        }
        state.personal_tokens.insert(token.id, token.clone());
        Ok(())
    }

    async fn find_personal_token(
        &self,
        hash: PersonalTokenHash,
    ) -> Result<Option<TokenHolder>, StoreError> {
        self.enter("find_personal_token").await?;
        let state = self.state();
        let mut tokens = state.personal_tokens.values();
        let found = tokens.find(|token| token.hash == hash).and_then(|token| {
            Some(TokenHolder {
                user: state.users.get(&token.user)?.clone(),
                token: token.clone(),
            })
        });
        Ok(found)
    }

    async fn list_personal_tokens(&self, user: UserId) -> Result<Vec<PersonalToken>, StoreError> {
        self.enter("list_personal_tokens").await?;
        let state = self.state();
        let tokens = state.personal_tokens.values();
        let own = tokens.filter(|token| token.user == user);
        let mut tokens: Vec<PersonalToken> = own.cloned().collect();
        tokens.sort_by_key(|token| std::cmp::Reverse((token.created_at, token.id)));
        Ok(tokens)
    }

    async fn mark_personal_token_used(
        &self,
        id: PersonalTokenId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.enter("mark_personal_token_used").await?;
        let mut state = self.state();
        if let Some(token) = state.personal_tokens.get_mut(&id) {
            token.last_used_at = token.last_used_at.max(Some(at));
        }
        Ok(())
    }

    async fn delete_personal_token(
        &self,
        user: UserId,
        id: PersonalTokenId,
    ) -> Result<bool, StoreError> {
        self.enter("delete_personal_token").await?;
        let mut state = self.state();
        let is_own = state
            .personal_tokens
            .get(&id)
            .is_some_and(|token| token.user == user);
        Ok(is_own && state.personal_tokens.remove(&id).is_some())
    }

    async fn delete_expired_personal_tokens(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.enter("delete_expired_personal_tokens").await?;
        let mut state = self.state();
        let all = state.personal_tokens.len();
        state
            .personal_tokens
            .retain(|_, token| !token.is_expired(before));
        Ok(count(all - state.personal_tokens.len()))
    }
}
