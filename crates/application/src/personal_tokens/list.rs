//! Listing personal access tokens.

use latchkey_domain::{personal_token::PersonalToken, session::SignedIn};

use super::{PersonalTokens, PersonalTokensError};

impl PersonalTokens {
    /// The person's tokens, newest first; those that expired lately, too, so that they see why a script stopped.
    pub async fn list(&self, by: &SignedIn) -> Result<Vec<PersonalToken>, PersonalTokensError> {
        let tokens = &self.ports.personal_tokens;
        Ok(tokens.list_personal_tokens(by.user.id).await?)
    }
}
