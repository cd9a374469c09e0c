//! API keys in memory.

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    api_key::{
        ApiKey, ApiKeyRepo, InsertApiKeyError, KeyChange, KeyVerification, MAX_KEYS_PER_OWNER,
        OrderApiKeysError,
    },
    id::ApiKeyId,
    owner::Owner,
    time::Timestamp,
};

use super::{MemoryStore, store::State};

#[async_trait]
impl ApiKeyRepo for MemoryStore {
    async fn insert_api_key(&self, key: &ApiKey) -> Result<ApiKey, InsertApiKeyError> {
        self.enter("insert_api_key").await?;
        let mut state = self.state();
        state.require_owner(key.owner)?;
        let own = state.keys_in_order(key.owner);
        let same = own
            .iter()
            .find(|other| other.fingerprint == key.fingerprint);
        if let Some(other) = same {
            return Err(InsertApiKeyError::Duplicate { existing: other.id });
        }
        if own.len() >= MAX_KEYS_PER_OWNER {
            return Err(InsertApiKeyError::TooMany);
        }
        let mut key = key.clone();
        key.position = own.last().map_or(0, |last| last.position + 1);
        state.api_keys.insert(key.id, key.clone());
        Ok(key)
    }

    async fn list_api_keys(&self, owner: Owner) -> Result<Vec<ApiKey>, StoreError> {
        self.enter("list_api_keys").await?;
        Ok(self.state().keys_in_order(owner))
    }

    async fn find_api_key(&self, owner: Owner, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        self.enter("find_api_key").await?;
        Ok(self.state().key_mut(owner, id).cloned())
    }

    async fn update_api_key(
        &self,
        owner: Owner,
        id: ApiKeyId,
        change: &KeyChange,
        at: Timestamp,
    ) -> Result<Option<ApiKey>, StoreError> {
        self.enter("update_api_key").await?;
        let mut state = self.state();
        let Some(key) = state.key_mut(owner, id) else {
            return Ok(None);
        };
        if let Some(name) = &change.name {
            key.name.clone_from(name);
        }
        key.is_active = change.is_active.unwrap_or(key.is_active);
        key.expires_at = change.expires_at.unwrap_or(key.expires_at);
        key.updated_at = at;
        Ok(Some(key.clone()))
    }

    async fn order_api_keys(
        &self,
        owner: Owner,
        order: &[ApiKeyId],
    ) -> Result<Vec<ApiKey>, OrderApiKeysError> {
        self.enter("order_api_keys").await?;
        let mut state = self.state();
        let mut own: Vec<ApiKeyId> = state
            .keys_in_order(owner)
            .iter()
            .map(|key| key.id)
            .collect();
        let mut named = order.to_vec();
        own.sort();
        named.sort();
        if own != named {
            return Err(OrderApiKeysError::NotTheKeys);
        }
        for (position, id) in (0..).zip(order) {
            if let Some(key) = state.key_mut(owner, *id) {
                key.position = position;
            }
        }
        Ok(state.keys_in_order(owner))
    }

    async fn record_verification(
        &self,
        owner: Owner,
        id: ApiKeyId,
        verification: &KeyVerification,
    ) -> Result<Option<ApiKey>, StoreError> {
        self.enter("record_verification").await?;
        let mut state = self.state();
        let key = state.key_mut(owner, id);
        let current = key.filter(|key| key.sealed.record_version == verification.record_version);
        let Some(key) = current else {
            return Ok(None);
        };
        key.status = verification.status;
        key.status_detail.clone_from(&verification.detail);
        key.last_verified_at = Some(verification.at);
        Ok(Some(key.clone()))
    }

    async fn delete_api_key(&self, owner: Owner, id: ApiKeyId) -> Result<bool, StoreError> {
        self.enter("delete_api_key").await?;
        let mut state = self.state();
        Ok(state.key_mut(owner, id).is_some() && state.api_keys.remove(&id).is_some())
    }
}

impl State {
    pub fn key_mut(&mut self, owner: Owner, id: ApiKeyId) -> Option<&mut ApiKey> {
        self.api_keys.get_mut(&id).filter(|key| key.owner == owner)
    }

    fn keys_in_order(&self, owner: Owner) -> Vec<ApiKey> {
        let own = self.api_keys.values().filter(|key| key.owner == owner);
        let mut keys: Vec<ApiKey> = own.cloned().collect();
        keys.sort_by_key(|key| (key.position, key.created_at, key.id));
        keys
    }
}
