//! `DELETE /api/api-keys/{id}`

use latchkey_application::Actor;

use super::addressed_key;
use crate::{
    call::Call,
    reply::{Answer, Reply},
};

/// Deletes a key.
pub async fn delete_key(call: Call, actor: Actor) -> Answer {
    let id = addressed_key(&call)?;
    call.api.application.api_keys.delete(&actor, id).await?;
    Ok(Reply::no_content())
}
