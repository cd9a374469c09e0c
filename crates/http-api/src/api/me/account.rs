//! `GET` and `DELETE /api/me`

use latchkey_domain::session::SignedIn;

use crate::{
    call::Call,
    cookie,
    reply::{Answer, Reply},
    views::UserView,
};

/// The caller's own account.
pub async fn show_me(_: Call, by: SignedIn) -> Answer {
    Reply::ok(&UserView::of(&by.user))
}

/// Deletes the caller's account with everything in it.
pub async fn delete_me(call: Call, by: SignedIn) -> Answer {
    call.api.application.accounts.delete_account(&by).await?;
    let (name, value) = cookie::expire(&call.api.settings);
    Ok(Reply::no_content().header(name, value))
}
