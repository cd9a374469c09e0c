//! Notes what a call said of the key that paid for it.

use latchkey_domain::{
    api_key::{ApiKey, KeyStatus, KeyVerification},
    llm::LlmError,
};

use super::ApiKeys;

impl ApiKeys {
    /// A call with `key` went well.
    pub(crate) async fn note_success(&self, key: &ApiKey) {
        self.note(key, KeyStatus::Valid, None).await;
    }

    /// A call with `key` failed; noted if that says something of the key.
    pub(crate) async fn note_failure(&self, key: &ApiKey, error: &LlmError) {
        if let Some(status) = KeyStatus::after_failure(error.kind) {
            self.note(key, status, error.message.clone()).await;
        }
    }

    /// Records a changed status. Never fails the call it is about: the next one says the same again.
    async fn note(&self, key: &ApiKey, status: KeyStatus, detail: Option<String>) {
        if key.status == status {
            return;
        }
        let verification = KeyVerification {
            record_version: key.sealed.record_version,
            status,
            detail,
            at: self.ports.clock.now(),
        };
        let noted = self
            .ports
            .api_keys
            .record_verification(key.owner, key.id, &verification)
            .await;
        if let Err(error) = noted {
            tracing::warn!(key = %key.id, %error, "the state of a key was not noted");
        }
    }
}
