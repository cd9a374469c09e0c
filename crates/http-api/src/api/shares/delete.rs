//! `DELETE /api/chat/shares/{id}`

use latchkey_application::Actor;

use super::addressed_share;
use crate::{
    call::Call,
    reply::{Answer, Reply},
};

/// Ends a link.
pub async fn delete_share(call: Call, actor: Actor) -> Answer {
    let id = addressed_share(&call)?;
    call.api.application.shares.end(&actor, id).await?;
    Ok(Reply::no_content())
}
