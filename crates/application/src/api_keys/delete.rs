//! Deleting a key.

use latchkey_domain::{audit::AuditAction, id::ApiKeyId};

use super::{ApiKeys, ApiKeysError};
use crate::Actor;

impl ApiKeys {
    /// Deletes one of the actor's keys and wipes its opened copy from memory. Other processes find the row gone with
    /// their next request.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn delete(&self, actor: &Actor, id: ApiKeyId) -> Result<(), ApiKeysError> {
        let owner = actor.owner();
        if !self.ports.api_keys.delete_api_key(owner, id).await? {
            return Err(ApiKeysError::NotFound);
        }
        self.ports.vault.forget(id);
        let user = actor.user.id;
        self.ports
            .audit(Some(user), owner, AuditAction::KeyDeleted, id)
            .await;
        Ok(())
    }
}
