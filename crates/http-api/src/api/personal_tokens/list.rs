//! `GET /api/me/tokens`

use latchkey_domain::session::SignedIn;

use crate::{
    call::Call,
    reply::{Answer, Reply},
    views::PersonalTokenListView,
};

/// The caller's tokens, without their secrets.
pub async fn list_tokens(call: Call, by: SignedIn) -> Answer {
    let tokens = call.api.application.personal_tokens.list(&by).await?;
    Reply::ok(&PersonalTokenListView::of(&tokens))
}
