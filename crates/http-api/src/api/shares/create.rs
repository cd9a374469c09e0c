//! `POST /api/chat/conversations/{id}/shares`

use latchkey_application::Actor;
use latchkey_domain::Timestamp;
use utoipa::ToSchema;

use super::ensure_in_future;
use crate::{
    api::chat::addressed_conversation,
    call::Call,
    json::{Fields, ReadBody, timestamp},
    reply::{Answer, Reply},
    views::CreatedShareView,
};

/// A link to make.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreateShareBody {
    /// From when on it is void; left out or `null`: never.
    #[schema(value_type = Option<String>)]
    expires_at: Option<Timestamp>,
}

impl ReadBody for CreateShareBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            expires_at: fields.optional("expiresAt", timestamp),
        })
    }
}

/// Makes a link; its secret is in this answer and never again.
pub async fn create_share(call: Call, actor: Actor) -> Answer {
    let conversation = addressed_conversation(&call)?;
    let body: CreateShareBody = call.body_or_empty()?;
    ensure_in_future(&call, body.expires_at)?;
    let shares = &call.api.application.shares;
    let created = shares
        .create(&actor, &conversation, body.expires_at)
        .await?;
    Reply::created(
        &format!("/api/chat/shares/{}", created.share.id),
        &CreatedShareView::of(&created),
    )
}
