//! `POST /api/auth/logout`

use latchkey_application::accounts::LogoutBy;

use super::{refresh::RefreshBody, tokens::presented};
use crate::{
    call::Call,
    cookie,
    problem::Problem,
    reply::{Answer, Reply},
};

/// Ends the session that the refresh token or the access token belongs to, and expires the cookie.
pub async fn logout(call: Call) -> Answer {
    let body: RefreshBody = call.body_or_empty()?;
    let by = who_leaves(&call, body).await?;
    call.api.application.accounts.logout(by).await?;
    let (name, value) = cookie::expire(&call.api.settings);
    Ok(Reply::no_content().header(name, value))
}

/// The refresh token says it best: it outlives the access token.
async fn who_leaves(call: &Call, body: RefreshBody) -> Result<LogoutBy, Problem> {
    let presented = presented(call, body.refresh_token);
    match presented {
        Ok(Some((token, _))) => Ok(LogoutBy::RefreshToken(token.expose().to_owned())),
        Ok(None) => call.signed_in().await.map(LogoutBy::Session),
        // A cookie that doesn't count must not keep somebody from leaving with the access token.
        Err(_) if !call.headers.authorization.is_absent() => {
            call.signed_in().await.map(LogoutBy::Session)
        }
        Err(problem) => Err(problem),
    }
}
