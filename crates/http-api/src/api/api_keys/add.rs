//! `POST /api/api-keys`

use latchkey_application::{Actor, api_keys::AddApiKey};
use latchkey_domain::{Timestamp, secret::SecretText};
use utoipa::ToSchema;

use super::key_name;
use crate::{
    call::Call,
    json::{Fields, ReadBody, boolean, parsed, secret, timestamp},
    problem::{FieldFault, Problem},
    reply::{Answer, Reply},
    views::ApiKeyView,
};

/// A key to add.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct AddApiKeyBody {
    /// The key, as the Anthropic Console shows it once.
    #[schema(value_type = String, pattern = "sk-ant-", min_length = 20, write_only)]
    api_key: SecretText,
    /// What to call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// From when on it shall not be used any more.
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: Option<Timestamp>,
    /// Store it also when the provider can't be asked; it is then `unverified`.
    allow_unverified: Option<bool>,
}

impl ReadBody for AddApiKeyBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let api_key = fields.required("apiKey", secret);
        let name = fields.required("name", parsed(key_name));
        let expires_at = fields.optional("expiresAt", timestamp);
        let allow_unverified = fields.optional("allowUnverified", boolean);
        Some(Self {
            api_key: api_key?,
            name: name?,
            expires_at,
            allow_unverified,
        })
    }
}

/// Checks a key with the provider, seals it and stores it.
pub async fn add_key(call: Call, actor: Actor) -> Answer {
    let body: AddApiKeyBody = call.body()?;
    let now = call.now();
    if body.expires_at.is_some_and(|expiry| expiry <= now) {
        return Err(Problem::invalid(vec![FieldFault {
            pointer: "/expiresAt".to_owned(),
            detail: "must be in the future".into(),
        }]));
    }
    let command = AddApiKey {
        secret: body.api_key,
        name: body.name,
        expires_at: body.expires_at,
        allow_unverified: body.allow_unverified.unwrap_or(false),
    };
    let key = call.api.application.api_keys.add(&actor, command).await?;
    Reply::created(
        &format!("/api/api-keys/{}", key.id),
        &ApiKeyView::of(&key, now),
    )
}
