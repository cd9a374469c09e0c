//! `PUT /api/api-keys/{id}`

use latchkey_application::Actor;
use latchkey_domain::{Timestamp, api_key::KeyChange};
use utoipa::ToSchema;

use super::{addressed_key, key_name};
use crate::{
    call::Call,
    json::{Clearable, Fields, ReadBody, boolean, parsed, timestamp},
    reply::{Answer, Reply},
    views::ApiKeyView,
};

/// What changes of a key; what is left out stays.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct UpdateApiKeyBody {
    /// What to call it.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Whether it may be used.
    is_active: Option<bool>,
    /// From when on it shall not be used any more; `null` takes that away.
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: Clearable<Timestamp>,
}

impl ReadBody for UpdateApiKeyBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            name: fields.changed("name", parsed(key_name)),
            is_active: fields.changed("isActive", boolean),
            expires_at: fields.clearable("expiresAt", timestamp),
        })
    }
}

impl From<UpdateApiKeyBody> for KeyChange {
    fn from(body: UpdateApiKeyBody) -> Self {
        Self {
            name: body.name,
            is_active: body.is_active,
            expires_at: body.expires_at,
        }
    }
}

/// Changes name, state or expiry of a key.
pub async fn update_key(call: Call, actor: Actor) -> Answer {
    let id = addressed_key(&call)?;
    let body: UpdateApiKeyBody = call.body()?;
    let keys = &call.api.application.api_keys;
    let key = keys.update(&actor, id, body.into()).await?;
    Reply::ok(&ApiKeyView::of(&key, call.now()))
}
