//! Putting keys into another order of use.

use latchkey_domain::{
    api_key::{ApiKey, OrderApiKeysError},
    audit::AuditAction,
    id::ApiKeyId,
};

use super::{ApiKeys, ApiKeysError};
use crate::Actor;

impl ApiKeys {
    /// Puts the actor's keys into this order of use and returns them in it: the first that may be used is used, the
    /// others are its backups.
    ///
    /// # Errors
    /// [`ApiKeysError::NotTheKeys`] when `order` isn't each of the actor's keys exactly once.
    pub async fn order(
        &self,
        actor: &Actor,
        order: &[ApiKeyId],
    ) -> Result<Vec<ApiKey>, ApiKeysError> {
        let owner = actor.owner();
        let keys = self.ports.api_keys.order_api_keys(owner, order).await?;
        if let Some(first) = keys.first() {
            let user = actor.user.id;
            self.ports
                .audit(Some(user), owner, AuditAction::KeysOrdered, first.id)
                .await;
        }
        Ok(keys)
    }
}

impl From<OrderApiKeysError> for ApiKeysError {
    fn from(error: OrderApiKeysError) -> Self {
        match error {
            OrderApiKeysError::NotTheKeys => Self::NotTheKeys,
            OrderApiKeysError::Store(error) => Self::Store(error),
        }
    }
}
