//! `GET /api/me/sessions` and `DELETE /api/me/sessions/{id}`

use latchkey_application::{Actor, accounts::AccountsError};
use latchkey_domain::id::SessionId;

use crate::{
    call::Call,
    reply::{Answer, Reply},
    views::SessionListView,
};

/// Where the caller is signed in.
pub async fn list_sessions(call: Call, actor: Actor) -> Answer {
    let sessions = call.api.application.accounts.list_sessions(&actor).await?;
    Reply::ok(&SessionListView::of(&sessions, actor.session.id))
}

/// Ends one of the caller's sessions.
pub async fn end_session(call: Call, actor: Actor) -> Answer {
    let id = SessionId::parse(call.param("id")).ok_or(AccountsError::NotFound)?;
    call.api
        .application
        .accounts
        .end_session(&actor, id)
        .await?;
    Ok(Reply::no_content())
}
