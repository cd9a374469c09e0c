//! Deleting personal access tokens.

use latchkey_domain::{
    StoreError, audit::AuditAction, id::PersonalTokenId, personal_token::EXPIRED_TOKEN_KEPT,
    session::SignedIn,
};

use super::{PersonalTokens, PersonalTokensError};

impl PersonalTokens {
    /// Deletes a token of the person's: the next request with it is refused, and what it began ends within seconds.
    ///
    /// # Errors
    /// [`PersonalTokensError::NotFound`] when the person has no such token.
    pub async fn delete(
        &self,
        by: &SignedIn,
        id: PersonalTokenId,
    ) -> Result<(), PersonalTokensError> {
        let user = by.user.id;
        let tokens = &self.ports.personal_tokens;
        if !tokens.delete_personal_token(user, id).await? {
            return Err(PersonalTokensError::NotFound);
        }
        self.ports
            .audit(Some(user), user, AuditAction::TokenDeleted, id)
            .await;
        Ok(())
    }

    /// Deletes the tokens that expired long ago. Returns how many.
    pub async fn delete_long_expired(&self) -> Result<u64, StoreError> {
        let before = self.ports.clock.now().minus(EXPIRED_TOKEN_KEPT);
        let tokens = &self.ports.personal_tokens;
        tokens.delete_expired_personal_tokens(before).await
    }
}
