//! `GET` and `DELETE /api/me`

use latchkey_application::Actor;

use crate::{
    call::Call,
    cookie,
    reply::{Answer, Reply},
    views::UserView,
};

/// The caller's own account.
pub async fn show_me(_: Call, actor: Actor) -> Answer {
    Reply::ok(&UserView::of(&actor.user))
}

/// Deletes the caller's account with everything in it.
pub async fn delete_me(call: Call, actor: Actor) -> Answer {
    call.api.application.accounts.delete_account(&actor).await?;
    let (name, value) = cookie::expire(&call.api.settings);
    Ok(Reply::no_content().header(name, value))
}
