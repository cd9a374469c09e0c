//! `PUT /api/api-keys/order`

use latchkey_application::Actor;
use latchkey_domain::id::ApiKeyId;
use utoipa::ToSchema;

use crate::{
    call::Call,
    json::{Fields, ReadBody, key_id, list_of},
    reply::{Answer, Reply},
    views::ApiKeyListView,
};

/// The order in which keys are used.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct OrderApiKeysBody {
    /// The ids of all keys, each once: the first that may be used is used, the others are its backups.
    #[schema(value_type = Vec<String>)]
    ids: Vec<ApiKeyId>,
}

impl ReadBody for OrderApiKeysBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            ids: fields.required("ids", list_of("ids of keys", key_id))?,
        })
    }
}

/// Puts the caller's keys into another order of use.
pub async fn order_keys(call: Call, actor: Actor) -> Answer {
    let body: OrderApiKeysBody = call.body()?;
    let keys = &call.api.application.api_keys;
    let keys = keys.order(&actor, &body.ids).await?;
    Reply::ok(&ApiKeyListView::of(&keys, call.now()))
}
