//! Adding a key: checked with the provider, sealed, stored.

use latchkey_domain::{
    Timestamp,
    api_key::{ApiKey, ApiKeySecret, InsertApiKeyError, KeyStatus, Provider, SecretPlace},
    audit::AuditAction,
    id::ApiKeyId,
    rate_limit::LimitName,
    secret::SecretText,
};

use super::{ApiKeys, ApiKeysError, check::KeyCheck};
use crate::Actor;

/// The version of a row whose secret was never replaced.
const FIRST_VERSION: u32 = 1;

/// A key to add.
#[derive(Debug, Clone)]
pub struct AddApiKey {
    /// The key, as it was pasted.
    pub secret: SecretText,
    /// What its owner calls it.
    pub name: String,
    /// From when on it shall not be used any more.
    pub expires_at: Option<Timestamp>,
    /// Whether to store it also when the provider can't say what it thinks of it.
    pub allow_unverified: bool,
}

impl ApiKeys {
    /// Adds a key to the actor's, the last in order of use. A key that the provider knows is stored with what it said
    /// of it, also one that has no credit or few rights; one that it rejects never is.
    ///
    /// # Errors
    /// [`ApiKeysError::Malformed`], [`ApiKeysError::Provider`] when the provider rejects the key, or can't say and
    /// `allow_unverified` isn't set; [`ApiKeysError::Duplicate`], [`ApiKeysError::TooMany`],
    /// [`ApiKeysError::LimitReached`]. Then nothing is stored.
    pub async fn add(&self, actor: &Actor, command: AddApiKey) -> Result<ApiKey, ApiKeysError> {
        let secret = ApiKeySecret::parse(&command.secret)?;
        let check = self.check(actor, &secret, LimitName::KeyAdditions).await?;
        let key = self.sealed_key(actor, &command, &secret, check).await?;
        let key = self.ports.api_keys.insert_api_key(&key).await?;
        let user = actor.user.id;
        self.ports
            .audit(Some(user), key.owner, AuditAction::KeyAdded, key.id)
            .await;
        Ok(key)
    }

    async fn sealed_key(
        &self,
        actor: &Actor,
        command: &AddApiKey,
        secret: &ApiKeySecret,
        check: KeyCheck,
    ) -> Result<ApiKey, ApiKeysError> {
        let now = self.ports.clock.now();
        let last_verified_at = check.is_known_to_provider().then_some(now);
        let status_detail = check.detail();
        let status = status_to_store(check, command.allow_unverified)?;
        let place = SecretPlace {
            owner: actor.owner(),
            key: ApiKeyId::new(self.ports.ids.as_ref()),
            provider: Provider::Anthropic,
            record_version: FIRST_VERSION,
        };
        let vault = &self.ports.vault;
        Ok(ApiKey {
            id: place.key,
            owner: place.owner,
            provider: place.provider,
            name: command.name.clone(),
            hint: secret.hint(),
            sealed: vault.seal(place, secret).await?,
            fingerprint: vault.fingerprint(place.owner, place.provider, secret),
            status,
            status_detail,
            is_active: true,
            // The store puts it at the end.
            position: 0,
            created_at: now,
            updated_at: now,
            last_used_at: None,
            last_verified_at,
            expires_at: command.expires_at,
            rotated_at: None,
        })
    }
}

/// The status under which a key is stored after its check, if it is to be.
fn status_to_store(check: KeyCheck, allow_unverified: bool) -> Result<KeyStatus, ApiKeysError> {
    let known = check.is_known_to_provider();
    match check.answer {
        Ok(_) => Ok(check.status),
        Err(_) if known => Ok(check.status),
        Err(error) if check.status == KeyStatus::Invalid || !allow_unverified => Err(error.into()),
        Err(_) => Ok(KeyStatus::Unverified),
    }
}

impl From<InsertApiKeyError> for ApiKeysError {
    fn from(error: InsertApiKeyError) -> Self {
        match error {
            InsertApiKeyError::Duplicate { existing } => Self::Duplicate { existing },
            InsertApiKeyError::TooMany => Self::TooMany,
            InsertApiKeyError::Store(error) => Self::Store(error),
        }
    }
}
