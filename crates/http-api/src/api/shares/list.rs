//! `GET /api/chat/shares`

use latchkey_application::Actor;

use crate::{
    call::Call,
    reply::{Answer, Reply},
    views::ShareListView,
};

/// The caller's links, without their secrets.
pub async fn list_shares(call: Call, actor: Actor) -> Answer {
    let shares = call.api.application.shares.list(&actor).await?;
    Reply::ok(&ShareListView::of(&shares))
}
