//! Opening a stored key, to use it.

use latchkey_domain::{
    api_key::{ApiKey, ApiKeySecret, KeyStatus, KeyVerification, VaultError},
    audit::AuditAction,
};

use super::{ApiKeys, ApiKeysError};

impl ApiKeys {
    /// The secret of a stored key that was read with this request.
    ///
    /// # Errors
    /// [`ApiKeysError::Unreadable`] when its seal doesn't open: then the row says so from now on, and its owner's
    /// audit.
    pub(crate) async fn open(&self, key: &ApiKey) -> Result<ApiKeySecret, ApiKeysError> {
        match self.ports.vault.open(key.place(), &key.sealed).await {
            Err(VaultError::Unreadable) => {
                self.record_unreadable(key).await?;
                Err(ApiKeysError::Unreadable)
            }
            opened => Ok(opened?),
        }
    }

    async fn record_unreadable(&self, key: &ApiKey) -> Result<(), ApiKeysError> {
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
