//! Making a personal access token.

use latchkey_domain::{
    Timestamp,
    audit::AuditAction,
    id::PersonalTokenId,
    personal_token::{NewPersonalToken, PersonalToken, Scopes},
    secret::SecretText,
    session::SignedIn,
};

use super::{PersonalTokens, PersonalTokensError};

/// A token to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatePersonalToken {
    /// What its owner calls it.
    pub name: String,
    /// What it shall be allowed to do.
    pub scopes: Scopes,
    /// From when on it shall be void; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// A token that was made.
#[derive(Debug, Clone)]
pub struct CreatedPersonalToken {
    /// The token as it is stored.
    pub token: PersonalToken,
    /// Its secret, which is never seen again.
    pub secret: SecretText,
}

impl PersonalTokens {
    /// Makes a token of the person's.
    ///
    /// # Errors
    /// [`PersonalTokensError::TooMany`]; [`PersonalTokensError::NotSignedIn`] when the session ended meanwhile.
    pub async fn create(
        &self,
        by: &SignedIn,
        command: CreatePersonalToken,
    ) -> Result<CreatedPersonalToken, PersonalTokensError> {
        let NewPersonalToken { secret, hash, hint } =
            self.ports.personal_token_secrets.generate()?;
        let token = PersonalToken {
            id: PersonalTokenId::new(self.ports.ids.as_ref()),
            user: by.user.id,
            name: command.name,
            scopes: command.scopes,
            hash,
            hint,
            created_at: self.ports.clock.now(),
            last_used_at: None,
            expires_at: command.expires_at,
        };
        let tokens = &self.ports.personal_tokens;
        tokens.insert_personal_token(&token).await?;
        self.confirm_unchanged(by, &token).await?;
        self.ports
            .audit(
                Some(token.user),
                token.user,
                AuditAction::TokenCreated,
                token.id,
            )
            .await;
        Ok(CreatedPersonalToken { token, secret })
    }

    /// A new password or a disabling that came after this request was let in could not delete the token, which wasn't
    /// there yet: so it is deleted here.
    async fn confirm_unchanged(
        &self,
        by: &SignedIn,
        token: &PersonalToken,
    ) -> Result<(), PersonalTokensError> {
        let found = self.ports.sessions.find_session(by.session.id).await?;
        let now = self.ports.clock.now();
        let is_unchanged = found.is_some_and(|found| {
            found.may_go_on(now) && found.user.security_version == by.user.security_version
        });
        if is_unchanged {
            return Ok(());
        }
        let tokens = &self.ports.personal_tokens;
        tokens.delete_personal_token(token.user, token.id).await?;
        Err(PersonalTokensError::NotSignedIn)
    }
}
