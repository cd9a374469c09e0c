//! A store of data keys in memory, open to the hands of a test.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use latchkey_domain::{
    api_key::{CryptoState, DataKey, DataKeyRepo},
    error::StoreError,
    owner::Owner,
};

/// Data keys by owner and version.
#[derive(Default)]
pub struct DataKeysInMemory {
    pub rows: Mutex<Vec<DataKey>>,
    pub reads: AtomicUsize,
    state: Mutex<Option<CryptoState>>,
}

impl DataKeysInMemory {
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl DataKeyRepo for DataKeysInMemory {
    async fn find_crypto_state(&self) -> Result<Option<CryptoState>, StoreError> {
        Ok(self.state.lock().unwrap().clone())
    }

    async fn insert_crypto_state(&self, state: &CryptoState) -> Result<CryptoState, StoreError> {
        Ok(self
            .state
            .lock()
            .unwrap()
            .get_or_insert_with(|| state.clone())
            .clone())
    }

    async fn find_newest_data_key(&self, owner: Owner) -> Result<Option<DataKey>, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        // Lets other tasks in between, as a database does.
        tokio::task::yield_now().await;
        let rows = self.rows.lock().unwrap();
        let by_version: BTreeMap<_, _> = rows
            .iter()
            .filter(|row| row.owner == owner)
            .map(|row| (row.version, row))
            .collect();
        Ok(by_version.into_values().next_back().cloned())
    }

    async fn find_data_key(
        &self,
        owner: Owner,
        version: u32,
    ) -> Result<Option<DataKey>, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let rows = self.rows.lock().unwrap();
        let found = rows
            .iter()
            .find(|row| row.owner == owner && row.version == version);
        Ok(found.cloned())
    }

    async fn insert_data_key(&self, key: &DataKey) -> Result<DataKey, StoreError> {
        let mut rows = self.rows.lock().unwrap();
        let standing = rows
            .iter()
            .find(|row| row.owner == key.owner && row.version == key.version)
            .cloned();
        Ok(standing.unwrap_or_else(|| {
            rows.push(key.clone());
            key.clone()
        }))
    }
}
