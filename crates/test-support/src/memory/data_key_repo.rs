//! Data keys and the state of the keyring in memory.

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    api_key::{CryptoState, DataKey, DataKeyRepo},
    owner::Owner,
};

use super::MemoryStore;

/// Owners need no account here, so that a vault can be tested with a store of data keys alone.
#[async_trait]
impl DataKeyRepo for MemoryStore {
    async fn find_crypto_state(&self) -> Result<Option<CryptoState>, StoreError> {
        self.enter("find_crypto_state").await?;
        Ok(self.state().keyring.clone())
    }

    async fn insert_crypto_state(&self, state: &CryptoState) -> Result<CryptoState, StoreError> {
        self.enter("insert_crypto_state").await?;
        let mut stored = self.state();
        let stands = stored.keyring.get_or_insert_with(|| state.clone());
        Ok(stands.clone())
    }

    async fn find_newest_data_key(&self, owner: Owner) -> Result<Option<DataKey>, StoreError> {
        self.enter("find_newest_data_key").await?;
        let state = self.state();
        let own = state.data_keys.iter().filter(|key| key.owner == owner);
        Ok(own.max_by_key(|key| key.version).cloned())
    }

    async fn find_data_key(
        &self,
        owner: Owner,
        version: u32,
    ) -> Result<Option<DataKey>, StoreError> {
        self.enter("find_data_key").await?;
        let state = self.state();
        let mut keys = state.data_keys.iter();
        let found = keys.find(|key| key.owner == owner && key.version == version);
        Ok(found.cloned())
    }

    async fn insert_data_key(&self, key: &DataKey) -> Result<DataKey, StoreError> {
        self.enter("insert_data_key").await?;
        let mut state = self.state();
        let mut keys = state.data_keys.iter();
        let same = keys.find(|other| other.owner == key.owner && other.version == key.version);
        if let Some(stands) = same {
            return Ok(stands.clone());
        }
        state.data_keys.push(key.clone());
        Ok(key.clone())
    }
}
