//! `GET /api/me/sessions` and `DELETE /api/me/sessions/{id}`

use latchkey_application::accounts::AccountsError;
use latchkey_domain::{id::SessionId, session::SignedIn};

use crate::{
    call::Call,
    reply::{Answer, Reply},
    views::SessionListView,
};

/// Where the caller is signed in.
pub async fn list_sessions(call: Call, by: SignedIn) -> Answer {
    let sessions = call.api.application.accounts.list_sessions(&by).await?;
    Reply::ok(&SessionListView::of(&sessions, by.session.id))
}

/// Ends one of the caller's sessions.
pub async fn end_session(call: Call, by: SignedIn) -> Answer {
    let id = SessionId::parse(call.param("id")).ok_or(AccountsError::NotFound)?;
    call.api.application.accounts.end_session(&by, id).await?;
    Ok(Reply::no_content())
}
