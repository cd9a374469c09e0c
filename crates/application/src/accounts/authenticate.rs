//! Who sends this request.

use latchkey_domain::{
    Timestamp,
    session::{AccessClaims, SignedIn},
};

use super::{Accounts, AccountsError};
use crate::Actor;

impl Accounts {
    /// The account and session of an access token, as they are in the store now: what was ended, disabled or changed
    /// a moment ago counts at once.
    ///
    /// # Errors
    /// [`AccountsError::NotSignedIn`] when the token isn't good, or its session or account isn't any more;
    /// [`AccountsError::Store`] when that can't be known.
    pub async fn authenticate(&self, access_token: &str) -> Result<Actor, AccountsError> {
        let now = self.ports.clock.now();
        let claims = self
            .ports
            .access_tokens
            .verify(access_token, now)
            .map_err(|_| AccountsError::NotSignedIn)?;
        let found = self.ports.sessions.find_session(claims.session).await?;
        found
            .filter(|found| still_holds(&claims, found, now))
            .map(|SignedIn { user, session }| Actor { user, session })
            .ok_or(AccountsError::NotSignedIn)
    }
}

fn still_holds(claims: &AccessClaims, found: &SignedIn, now: Timestamp) -> bool {
    found.user.id == claims.user
        && found.user.security_version == claims.security_version
        && found.may_go_on(now)
}
