//! The store of keys.

use async_trait::async_trait;

use super::{ApiKey, KeyStatus};
use crate::{error::StoreError, id::ApiKeyId, owner::Owner, time::Timestamp};

/// What an owner changes at a key; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyChange {
    /// A new name.
    pub name: Option<String>,
    /// Whether it may be used.
    pub is_active: Option<bool>,
    /// A new expiry; `Some(None)` takes it away.
    pub expires_at: Option<Option<Timestamp>>,
}

/// What the provider, or the vault, said of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyVerification {
    /// Version of the row whose secret was asked about; an answer about a replaced secret changes nothing.
    pub record_version: u32,
    /// The state.
    pub status: KeyStatus,
    /// The provider's words, scrubbed.
    pub detail: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Stores keys. The owner stands in every WHERE clause: somebody else's key is not found. Every method is one
/// transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ApiKeyRepo: Send + Sync {
    /// Inserts a new key at the end of its owner's order of use and returns it with its position.
    ///
    /// # Errors
    /// [`InsertApiKeyError::Duplicate`] when the owner has a key with this fingerprint (the unique index decides:
    /// of twenty at the same time one is stored), [`InsertApiKeyError::TooMany`] when the owner has
    /// [`MAX_KEYS_PER_OWNER`](super::MAX_KEYS_PER_OWNER) keys.
    async fn insert_api_key(&self, key: &ApiKey) -> Result<ApiKey, InsertApiKeyError>;

    /// All keys of `owner`, in order of use.
    async fn list_api_keys(&self, owner: Owner) -> Result<Vec<ApiKey>, StoreError>;

    /// One key of `owner`.
    async fn find_api_key(&self, owner: Owner, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError>;

    /// Changes a key of `owner` and returns it; `None` if there is no such key.
    async fn update_api_key(
        &self,
        owner: Owner,
        id: ApiKeyId,
        change: &KeyChange,
        at: Timestamp,
    ) -> Result<Option<ApiKey>, StoreError>;

    /// Puts the keys of `owner` into this order of use and returns them in it. Touches nothing but their positions.
    ///
    /// # Errors
    /// [`OrderApiKeysError::NotTheKeys`] when `order` isn't each key of `owner` exactly once. Then nothing changes.
    async fn order_api_keys(
        &self,
        owner: Owner,
        order: &[ApiKeyId],
    ) -> Result<Vec<ApiKey>, OrderApiKeysError>;

    /// Records what was said of a key and returns it; `None` if there is no such key of that version.
    /// Doesn't touch `updated_at`: the owner changed nothing.
    async fn record_verification(
        &self,
        owner: Owner,
        id: ApiKeyId,
        verification: &KeyVerification,
    ) -> Result<Option<ApiKey>, StoreError>;

    /// Deletes a key of `owner`; `false` if there is no such key.
    async fn delete_api_key(&self, owner: Owner, id: ApiKeyId) -> Result<bool, StoreError>;
}

/// Why a key was not inserted.
#[derive(Debug, thiserror::Error)]
pub enum InsertApiKeyError {
    /// The owner has this key already.
    #[error("the key is stored already")]
    Duplicate {
        /// The id under which it is stored.
        existing: ApiKeyId,
    },
    /// The owner has as many keys as one may have.
    #[error("too many keys")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why keys were not put into another order.
#[derive(Debug, thiserror::Error)]
pub enum OrderApiKeysError {
    /// The order isn't each key of the owner exactly once.
    #[error("the order doesn't name each key exactly once")]
    NotTheKeys,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
