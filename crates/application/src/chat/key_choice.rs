//! Which key pays.

use latchkey_domain::{
    api_key::{ApiKey, ApiKeySecret, first_usable},
    conversation::{KeyReceipt, Payer},
    id::ApiKeyId,
    llm::{LlmError, LlmErrorKind},
    secret::SecretText,
};

use super::{Chat, ChatError};
use crate::Actor;

/// The key that a run pays with.
#[derive(Debug, Clone)]
pub(super) struct PayingKey {
    /// The key in clear, for the call alone.
    pub(super) secret: ApiKeySecret,
    /// The stored key; `None` when it was given with the request.
    pub(super) stored: Option<ApiKey>,
}

impl PayingKey {
    /// A key that was given with the request.
    pub(super) fn given(text: &SecretText) -> Result<Self, ChatError> {
        Ok(Self {
            secret: ApiKeySecret::parse(text)?,
            stored: None,
        })
    }

    /// Which key it is, before any attempt. Of a given key nothing is said.
    pub(super) fn receipt(&self) -> KeyReceipt {
        let stored = self.stored.as_ref();
        KeyReceipt {
            id: stored.map(|key| key.id),
            name: stored.map(|key| key.name.clone()),
            hint: stored.map(|key| key.hint.as_str().to_owned()),
            payer: stored.map_or(Payer::GivenKey, |key| Payer::Owner(key.owner)),
            attempts: Vec::new(),
        }
    }
}

impl Chat {
    /// The stored key to pay with: the one asked for, else the conversation's, else the first usable one.
    pub(super) fn choose_stored_key(
        &self,
        keys: &[ApiKey],
        asked_for: Option<ApiKeyId>,
        pinned: Option<ApiKeyId>,
    ) -> Result<ApiKey, ChatError> {
        let now = self.ports.clock.now();
        let find = |id: ApiKeyId| keys.iter().find(|key| key.id == id);
        let chosen = match asked_for {
            Some(id) => Some(find(id).ok_or(ChatError::UnknownKey)?),
            // A pinned key that was deleted pins nothing any more.
            None => pinned.and_then(find),
        };
        let key = match chosen {
            Some(key) => key.is_usable(now).then_some(key),
            None => first_usable(keys, now),
        };
        key.cloned().ok_or(ChatError::NoActiveApiKey)
    }

    /// What the provider's refusal of a call with `key` means. With an unknown model come those that the key can use,
    /// if the provider says so.
    pub(super) async fn refusal(&self, key: &PayingKey, error: LlmError) -> ChatError {
        if error.kind != LlmErrorKind::ModelNotFound {
            return ChatError::Provider(error);
        }
        let models = self.ports.llm.list_models(&key.secret).await;
        let usable = models.map(|models| models.into_iter().map(|model| model.id).collect());
        ChatError::ModelNotFound {
            error,
            usable: usable.unwrap_or_default(),
        }
    }

    /// The caller's stored keys; none when one was given, which pays alone.
    pub(super) async fn keys_to_choose_from(
        &self,
        actor: &Actor,
        given: Option<&SecretText>,
    ) -> Result<Vec<ApiKey>, ChatError> {
        if given.is_some() {
            return Ok(Vec::new());
        }
        Ok(self.ports.api_keys.list_api_keys(actor.owner()).await?)
    }

    /// The caller's given key, or else the one of the stored `keys` that is to pay.
    pub(super) async fn open_paying_key(
        &self,
        given: Option<&SecretText>,
        keys: &[ApiKey],
        asked_for: Option<ApiKeyId>,
        pinned: Option<ApiKeyId>,
    ) -> Result<PayingKey, ChatError> {
        if let Some(text) = given {
            return PayingKey::given(text);
        }
        let key = self.choose_stored_key(keys, asked_for, pinned)?;
        let secret = self.api_keys.open(&key).await?;
        Ok(PayingKey {
            secret,
            stored: Some(key),
        })
    }
}
