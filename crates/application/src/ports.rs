//! The outside, as the use cases see it.

use std::sync::Arc;

use latchkey_domain::{
    api_key::{ApiKeyRepo, KeyVault},
    archive::{ArchiveRepo, ImportFormat},
    audit::AuditLog,
    conversation::{AnswerRepo, ConversationRepo, RequestMacs},
    id::InstanceId,
    llm::{AnswerFormat, LlmClient},
    personal_token::{PersonalTokenRepo, PersonalTokens},
    rate_limit::RateLimiter,
    search::SearchRepo,
    session::{AccessTokens, RefreshTokens, SessionRepo},
    share::{ShareRepo, ShareTokens},
    system::{Clock, IdSource, Randomness},
    usage::UsageLedger,
    user::{PasswordHasher, PasswordStrength, ResetCodes, UserRepo},
};

/// One implementation of each port that the use cases need.
#[derive(Clone)]
#[expect(missing_docs, reason = "each member is named after its port")]
pub struct Ports {
    pub users: Arc<dyn UserRepo>,
    pub sessions: Arc<dyn SessionRepo>,
    pub personal_tokens: Arc<dyn PersonalTokenRepo>,
    pub api_keys: Arc<dyn ApiKeyRepo>,
    pub conversations: Arc<dyn ConversationRepo>,
    pub search: Arc<dyn SearchRepo>,
    pub shares: Arc<dyn ShareRepo>,
    pub archive: Arc<dyn ArchiveRepo>,
    pub answers: Arc<dyn AnswerRepo>,
    pub request_macs: Arc<dyn RequestMacs>,
    pub usage: Arc<dyn UsageLedger>,
    pub audit: Arc<dyn AuditLog>,
    pub vault: Arc<dyn KeyVault>,
    pub llm: Arc<dyn LlmClient>,
    pub format: Arc<dyn AnswerFormat>,
    pub import_format: Arc<dyn ImportFormat>,
    pub limiter: Arc<dyn RateLimiter>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub strength: Arc<dyn PasswordStrength>,
    pub access_tokens: Arc<dyn AccessTokens>,
    pub refresh_tokens: Arc<dyn RefreshTokens>,
    pub personal_token_secrets: Arc<dyn PersonalTokens>,
    pub share_tokens: Arc<dyn ShareTokens>,
    pub reset_codes: Arc<dyn ResetCodes>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub random: Arc<dyn Randomness>,
    /// This process, as holder of leases.
    pub instance: InstanceId,
}
