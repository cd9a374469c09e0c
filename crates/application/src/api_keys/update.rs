//! Changing a key's name, state or expiry.

use latchkey_domain::{
    api_key::{ApiKey, KeyChange},
    audit::AuditAction,
    id::ApiKeyId,
};

use super::{ApiKeys, ApiKeysError};
use crate::Actor;

impl ApiKeys {
    /// Changes one of the actor's keys and returns it.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn update(
        &self,
        actor: &Actor,
        id: ApiKeyId,
        change: KeyChange,
    ) -> Result<ApiKey, ApiKeysError> {
        let owner = actor.owner();
        let now = self.ports.clock.now();
        let api_keys = &self.ports.api_keys;
        let changed = api_keys.update_api_key(owner, id, &change, now).await?;
        let key = changed.ok_or(ApiKeysError::NotFound)?;
        let user = actor.user.id;
        self.ports
            .audit(Some(user), owner, AuditAction::KeyUpdated, id)
            .await;
        Ok(key)
    }
}
