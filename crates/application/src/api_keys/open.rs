//! Opening a stored key, to use it.

use latchkey_domain::{
    BoxError, StoreError,
    api_key::{ApiKey, ApiKeySecret, KeyStatus, KeyVerification, VaultError},
    audit::AuditAction,
};

use super::ApiKeys;

/// Why a stored key can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenKeyError {
    /// Its seal doesn't open.
    #[error("the stored key can't be read")]
    Unreadable,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server itself failed.
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl From<VaultError> for OpenKeyError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unreadable => Self::Unreadable,
            VaultError::NoRandomness => Self::Internal(Box::new(error)),
            VaultError::Store(error) => Self::Store(error),
        }
    }
}

impl ApiKeys {
    /// The secret of a stored key that was read with this request.
    ///
    /// # Errors
    /// [`OpenKeyError::Unreadable`] when its seal doesn't open: then the row says so from now on, and its owner's
    /// audit.
    pub(crate) async fn open(&self, key: &ApiKey) -> Result<ApiKeySecret, OpenKeyError> {
        match self.ports.vault.open(key.place(), &key.sealed).await {
            Err(VaultError::Unreadable) => {
                self.record_unreadable(key).await?;
                Err(OpenKeyError::Unreadable)
            }
            opened => Ok(opened?),
        }
    }

    async fn record_unreadable(&self, key: &ApiKey) -> Result<(), StoreError> {
        let verification = KeyVerification {
            record_version: key.sealed.record_version,
            status: KeyStatus::Unreadable,
            detail: None,
            at: self.ports.clock.now(),
        };
        let api_keys = &self.ports.api_keys;
        api_keys
            .record_verification(key.owner, key.id, &verification)
            .await?;
        self.ports
            .audit(None, key.owner, AuditAction::KeyUnreadable, key.id)
            .await;
        Ok(())
    }
}
