//! Rows of the ledger and of the audit.

use latchkey_domain::{
    audit::{AuditAction, AuditEvent},
    id::{AuditEventId, UsageEventId, UserId},
    owner::Owner,
    usage::{NanoUsd, PRICE_VERSION, TokenUsage, UsageEvent},
};

use super::{Samples, chat::model};

impl Samples {
    /// A complete attempt by `user`, paid with a key given with the request.
    pub fn usage_event(&self, user: UserId) -> UsageEvent {
        UsageEvent {
            id: UsageEventId::new(self.ids()),
            at: self.now(),
            user,
            payer: None,
            key: None,
            key_name: None,
            conversation: None,
            message: None,
            model: model(),
            outcome: "complete".to_owned(),
            tokens: Some(TokenUsage {
                input: 1,
                output: 2,
                cache_read: 3,
                cache_write_5m: 4,
                cache_write_1h: 5,
                thinking: 1,
                web_searches: 6,
                web_fetches: 7,
            }),
            tokens_final: true,
            cost: Some(NanoUsd(1_000)),
            saved: Some(NanoUsd(-25)),
            price_version: PRICE_VERSION.to_owned(),
            provider_request_id: Some("req_sample".to_owned()),
        }
    }

    /// A line of the audit of `owner`, done by the owner.
    pub fn audit_event(&self, owner: impl Into<Owner>, action: AuditAction) -> AuditEvent {
        let owner = owner.into();
        AuditEvent {
            id: AuditEventId::new(self.ids()),
            at: self.now(),
            owner,
            actor: owner.user_id(),
            action,
            subject: None,
        }
    }
}
