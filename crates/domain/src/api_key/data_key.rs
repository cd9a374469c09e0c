//! Data keys: one key per owner seals that owner's secrets; the root keyring wraps the data keys.

use async_trait::async_trait;

use crate::{error::StoreError, id::DataKeyId, owner::Owner, time::Timestamp};

/// An owner's data key, wrapped by the root keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataKey {
    /// The row's id.
    pub id: DataKeyId,
    /// Whose secrets it seals.
    pub owner: Owner,
    /// 1 for the owner's first, then counting up.
    pub version: u32,
    /// Version of the root key that wraps it.
    pub root_version: u32,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What ties a database to its keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CryptoState {
    /// The id that keyring and database share; part of every seal.
    pub deployment: [u8; 16],
    /// Version of the root key that wraps new data keys.
    pub active_root_version: u32,
    /// The oldest version that may still be needed.
    pub min_root_version: u32,
    /// A known text sealed under each root key in use; opened at the start to prove the keyring.
    pub canaries: Vec<KekCanary>,
}

/// A known text, sealed under one root key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KekCanary {
    /// Version of the root key.
    pub root_version: u32,
    /// The sealed text.
    pub sealed: Vec<u8>,
}

/// Stores wrapped data keys and the crypto state. Every method is one transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait DataKeyRepo: Send + Sync {
    /// The crypto state; `None` in a database that never had a keyring.
    async fn find_crypto_state(&self) -> Result<Option<CryptoState>, StoreError>;

    /// Stores the crypto state of a new database, unless there is one already; returns the one that stands.
    async fn insert_crypto_state(&self, state: &CryptoState) -> Result<CryptoState, StoreError>;

    /// The newest data key of `owner`.
    async fn find_newest_data_key(&self, owner: Owner) -> Result<Option<DataKey>, StoreError>;

    /// The data key of `owner` with this version.
    async fn find_data_key(
        &self,
        owner: Owner,
        version: u32,
    ) -> Result<Option<DataKey>, StoreError>;

    /// Stores `key` unless its owner already has that version; returns the one that stands.
    async fn insert_data_key(&self, key: &DataKey) -> Result<DataKey, StoreError>;
}
