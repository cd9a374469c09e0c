//! `GET /api/api-keys` and `GET /api/api-keys/{id}`

use latchkey_application::Actor;

use super::addressed_key;
use crate::{
    call::Call,
    reply::{Answer, Reply},
    views::{ApiKeyListView, ApiKeyView},
};

/// The caller's keys.
pub async fn list_keys(call: Call, actor: Actor) -> Answer {
    let keys = call.api.application.api_keys.list(&actor).await?;
    Reply::ok(&ApiKeyListView::of(&keys, call.now()))
}

/// One of the caller's keys.
pub async fn show_key(call: Call, actor: Actor) -> Answer {
    let id = addressed_key(&call)?;
    let key = call.api.application.api_keys.get(&actor, id).await?;
    Reply::ok(&ApiKeyView::of(&key, call.now()))
}
