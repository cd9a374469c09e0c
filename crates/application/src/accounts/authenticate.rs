//! Who sends this request.

use latchkey_domain::{
    Timestamp,
    personal_token::PersonalTokenHash,
    session::{AccessClaims, SignedIn},
};

use super::{Accounts, AccountsError};
use crate::Actor;

impl Accounts {
    /// Who presents this access token or personal access token: their account and session or token, as they are in the
    /// store now. What was ended, deleted, disabled or changed a moment ago counts at once.
    ///
    /// # Errors
    /// [`AccountsError::NotSignedIn`] when the token isn't good, or its session or account isn't any more;
    /// [`AccountsError::Store`] when that can't be known.
    pub async fn authenticate(&self, presented: &str) -> Result<Actor, AccountsError> {
        match self.ports.personal_token_secrets.recognise(presented) {
            Some(hash) => self.holder_of(hash).await,
            None => self.signed_in_with(presented).await.map(Actor::from),
        }
    }

    async fn signed_in_with(&self, access_token: &str) -> Result<SignedIn, AccountsError> {
        let now = self.ports.clock.now();
        let claims = self
            .ports
            .access_tokens
            .verify(access_token, now)
            .map_err(|_| AccountsError::NotSignedIn)?;
        let found = self.ports.sessions.find_session(claims.session).await?;
        found
            .filter(|found| still_holds(&claims, found, now))
            .ok_or(AccountsError::NotSignedIn)
    }

    async fn holder_of(&self, hash: PersonalTokenHash) -> Result<Actor, AccountsError> {
        let now = self.ports.clock.now();
        let found = self.ports.personal_tokens.find_personal_token(hash).await?;
        let holder = found
            .filter(|found| found.may_go_on(now))
            .ok_or(AccountsError::NotSignedIn)?;
        self.token_uses.note(&self.ports, &holder.token, now);
        Ok(holder.into())
    }
}

fn still_holds(claims: &AccessClaims, found: &SignedIn, now: Timestamp) -> bool {
    found.user.id == claims.user
        && found.user.security_version == claims.security_version
        && found.may_go_on(now)
}
