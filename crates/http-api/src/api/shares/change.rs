//! `PATCH /api/chat/shares/{id}`

use latchkey_application::{Actor, shares::ChangeShare};
use latchkey_domain::Timestamp;
use utoipa::ToSchema;

use super::{addressed_share, ensure_in_future};
use crate::{
    call::Call,
    json::{Clearable, Fields, ReadBody, boolean, timestamp},
    reply::{Answer, Reply},
    views::ShareView,
};

/// What changes of a link; what is left out stays, `null` takes away.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ChangeShareBody {
    /// From when on it is void.
    #[schema(value_type = Option<String>)]
    expires_at: Clearable<Timestamp>,
    /// `true`: from now on it shows the conversation as it is now.
    refresh: Option<bool>,
}

impl ReadBody for ChangeShareBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            expires_at: fields.clearable("expiresAt", timestamp),
            refresh: fields.optional("refresh", boolean),
        })
    }
}

/// Changes a link.
pub async fn change_share(call: Call, actor: Actor) -> Answer {
    let id = addressed_share(&call)?;
    let body: ChangeShareBody = call.body()?;
    ensure_in_future(&call, body.expires_at.flatten())?;
    let change = ChangeShare {
        expires_at: body.expires_at,
        refresh: body.refresh.unwrap_or(false),
    };
    let share = call
        .api
        .application
        .shares
        .change(&actor, id, change)
        .await?;
    Reply::ok(&ShareView::of(&share))
}
