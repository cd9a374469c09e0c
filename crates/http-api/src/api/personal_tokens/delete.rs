//! `DELETE /api/me/tokens/{id}`

use latchkey_application::personal_tokens::PersonalTokensError;
use latchkey_domain::{id::PersonalTokenId, session::SignedIn};

use crate::{
    call::Call,
    reply::{Answer, Reply},
};

/// Deletes a token of the caller's. What can't be an id is no token's.
pub async fn delete_token(call: Call, by: SignedIn) -> Answer {
    let id = PersonalTokenId::parse(call.param("id")).ok_or(PersonalTokensError::NotFound)?;
    let tokens = &call.api.application.personal_tokens;
    tokens.delete(&by, id).await?;
    Ok(Reply::no_content())
}
