//! The vault that seals secrets.

use async_trait::async_trait;

use super::{ApiKeySecret, Provider};
use crate::{error::StoreError, id::ApiKeyId, owner::Owner};

/// Where a secret belongs. The seal is bound to each part: a blob that is moved to another row, owner or version
/// doesn't open there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretPlace {
    /// Who owns the secret.
    pub owner: Owner,
    /// The row it stands in.
    pub key: ApiKeyId,
    /// Whose API it is for.
    pub provider: Provider,
    /// The row's version; grows whenever the secret is replaced.
    pub record_version: u32,
}

/// A secret that only the vault can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// The sealed bytes.
    pub blob: Vec<u8>,
    /// Version of the owner's data key that sealed them.
    pub data_key_version: u32,
    /// Version of the row that they are bound to.
    pub record_version: u32,
}

/// A keyed hash of a secret: equal for the same secret of the same owner, unrelated for another owner.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[fingerprint]")
    }
}

/// Seals and opens the users' provider keys.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait KeyVault: Send + Sync {
    /// Seals `secret` to `place` with the newest data key of its owner, which is made if there is none.
    /// The nonce is fresh each time and never the caller's.
    ///
    /// # Errors
    /// [`VaultError::Store`] when the owner's data key can't be read or made, [`VaultError::Unreadable`] when it
    /// can't be opened, [`VaultError::NoRandomness`] when the system has no random bytes.
    async fn seal(
        &self,
        place: SecretPlace,
        secret: &ApiKeySecret,
    ) -> Result<SealedSecret, VaultError>;

    /// Opens what [`seal`](Self::seal) made for the same place.
    ///
    /// # Errors
    /// [`VaultError::Unreadable`] when the bytes were changed, belong to another place, or were sealed with a key
    /// that the keyring doesn't hold: one error for all, the log alone has the difference.
    async fn open(
        &self,
        place: SecretPlace,
        sealed: &SealedSecret,
    ) -> Result<ApiKeySecret, VaultError>;

    /// Wipes any opened copy of this key from memory: it was deleted or replaced. Sealed bytes are not touched.
    fn forget(&self, key: ApiKeyId);

    /// The fingerprint of `secret` for `owner`.
    fn fingerprint(&self, owner: Owner, provider: Provider, secret: &ApiKeySecret) -> Fingerprint;
}

/// Why the vault could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The seal doesn't open.
    #[error("the sealed secret can't be read")]
    Unreadable,
    /// The system gave no random bytes; nothing was sealed.
    #[error("no randomness")]
    NoRandomness,
    /// The owner's data key can't be read or stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}
