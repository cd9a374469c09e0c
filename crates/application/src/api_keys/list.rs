//! Reading keys, never their secrets.

use latchkey_domain::{api_key::ApiKey, id::ApiKeyId};

use super::{ApiKeys, ApiKeysError};
use crate::Actor;

impl ApiKeys {
    /// The actor's keys, in order of use.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ApiKey>, ApiKeysError> {
        Ok(self.ports.api_keys.list_api_keys(actor.owner()).await?)
    }

    /// One of the actor's keys.
    ///
    /// # Errors
    /// [`ApiKeysError::NotFound`] when there is none, or it is somebody else's.
    pub async fn get(&self, actor: &Actor, id: ApiKeyId) -> Result<ApiKey, ApiKeysError> {
        let found = self.ports.api_keys.find_api_key(actor.owner(), id).await?;
        found.ok_or(ApiKeysError::NotFound)
    }
}
