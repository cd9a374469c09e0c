//! Testing keys, given or stored.

use latchkey_domain::{
    api_key::{ApiKey, ApiKeySecret, KeyVerification},
    audit::AuditAction,
    id::ApiKeyId,
    llm::{LlmError, ModelInfo},
    rate_limit::LimitName,
    secret::SecretText,
};

use super::{ApiKeys, ApiKeysError, OpenKeyError, check::KeyCheck};
use crate::Actor;

/// What a test of a key found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTest {
    /// Whether the provider knows the key; with an error beside it, the key is real but can't pay or may not do all.
    pub valid: bool,
    /// How the provider's answer failed.
    pub error: Option<LlmError>,
    /// The models that the key may use.
    pub models: Vec<ModelInfo>,
}

impl ApiKeys {
    /// Tests a key and stores nothing of it. That the provider rejects it, or can't be reached, is a result.
    ///
    /// # Errors
    /// [`ApiKeysError::Malformed`], [`ApiKeysError::LimitReached`].
    pub async fn test_given(
        &self,
        actor: &Actor,
        secret: SecretText,
    ) -> Result<KeyTest, ApiKeysError> {
        let secret = ApiKeySecret::parse(&secret)?;
        let check = self.check(actor, &secret, LimitName::KeyTests).await?;
        Ok(check.into())
    }

    /// Tests one of the actor's stored keys, records the result, and returns the key with it. That its seal doesn't
    /// open is a result, too; the provider isn't asked then.
    ///
    /// # Errors
    /// As [`get`](Self::get), also when the key was deleted or replaced meanwhile; [`ApiKeysError::LimitReached`].
    pub async fn test_stored(&self, actor: &Actor, id: ApiKeyId) -> Result<ApiKey, ApiKeysError> {
        let key = self.get(actor, id).await?;
        let tested = match self.open(&key).await {
            Ok(secret) => self.check_and_record(actor, &key, &secret).await?,
            Err(OpenKeyError::Unreadable) => self.get(actor, id).await?,
            Err(error) => return Err(error.into()),
        };
        let user = actor.user.id;
        self.ports
            .audit(Some(user), key.owner, AuditAction::KeyTested, id)
            .await;
        Ok(tested)
    }

    async fn check_and_record(
        &self,
        actor: &Actor,
        key: &ApiKey,
        secret: &ApiKeySecret,
    ) -> Result<ApiKey, ApiKeysError> {
        let check = self.check(actor, secret, LimitName::KeyTests).await?;
        let verification = KeyVerification {
            record_version: key.sealed.record_version,
            status: check.status,
            detail: check.detail(),
            at: self.ports.clock.now(),
        };
        let api_keys = &self.ports.api_keys;
        let recorded = api_keys
            .record_verification(key.owner, key.id, &verification)
            .await?;
        recorded.ok_or(ApiKeysError::NotFound)
    }
}

impl From<KeyCheck> for KeyTest {
    fn from(check: KeyCheck) -> Self {
        let valid = check.is_known_to_provider();
        match check.answer {
            Ok(models) => Self {
                valid,
                error: None,
                models,
            },
            Err(error) => Self {
                valid,
                error: Some(error),
                models: Vec::new(),
            },
        }
    }
}
