//! Asking the provider about a key, at no cost, and what its answer says of the key.

use latchkey_domain::{
    api_key::{ApiKeySecret, KeyStatus},
    llm::{LlmError, LlmErrorKind, ModelInfo},
    rate_limit::LimitName,
};

use super::{ApiKeys, ApiKeysError};
use crate::{Actor, limits};

/// What the provider said of a key.
pub(super) struct KeyCheck {
    /// In one word.
    pub(super) status: KeyStatus,
    /// The models that it may use, or how the check failed.
    pub(super) answer: Result<Vec<ModelInfo>, LlmError>,
}

impl KeyCheck {
    /// Whether the provider knows the key, if only to say that there is no credit.
    pub(super) fn is_known_to_provider(&self) -> bool {
        match self.status {
            KeyStatus::Valid | KeyStatus::NoCredit | KeyStatus::Restricted => true,
            KeyStatus::Invalid
            | KeyStatus::RateLimited
            | KeyStatus::Unreachable
            | KeyStatus::Unverified
            | KeyStatus::Expired
            | KeyStatus::Unreadable => false,
        }
    }

    /// The provider's words, or the name of what went wrong; nothing when all is well.
    pub(super) fn detail(&self) -> Option<String> {
        let error = self.answer.as_ref().err()?;
        let code = || error.kind.code().to_owned();
        Some(error.message.clone().unwrap_or_else(code))
    }
}

impl ApiKeys {
    /// Asks the provider about a key, as often as `limit` lets each user.
    pub(super) async fn check(
        &self,
        actor: &Actor,
        secret: &ApiKeySecret,
        limit: LimitName,
    ) -> Result<KeyCheck, ApiKeysError> {
        let subject = limits::user(actor.user.id);
        let limiter = &self.ports.limiter;
        limiter.take(limit, &subject).await?;
        let answer = self.ports.llm.check_key(secret).await;
        let status = match &answer {
            Ok(_) => KeyStatus::Valid,
            Err(error) => status_after(error.kind),
        };
        Ok(KeyCheck { status, answer })
    }
}

/// What a failed call says of the key that made it. What says nothing of it leaves it unknown: the provider could not
/// be asked.
fn status_after(kind: LlmErrorKind) -> KeyStatus {
    match kind {
        LlmErrorKind::InvalidKey => KeyStatus::Invalid,
        LlmErrorKind::PermissionDenied => KeyStatus::Restricted,
        LlmErrorKind::CreditExhausted | LlmErrorKind::SpendLimitReached => KeyStatus::NoCredit,
        LlmErrorKind::RateLimited => KeyStatus::RateLimited,
        LlmErrorKind::Overloaded
        | LlmErrorKind::ModelNotFound
        | LlmErrorKind::PromptTooLong
        | LlmErrorKind::RequestTooLarge
        | LlmErrorKind::RefusedRequest
        | LlmErrorKind::Unreachable
        | LlmErrorKind::Timeout
        | LlmErrorKind::Failure
        | LlmErrorKind::Interrupted
        | LlmErrorKind::Malformed
        | LlmErrorKind::Redirected => KeyStatus::Unreachable,
    }
}
