//! Getting the next tokens, and giving them up.

use latchkey_domain::{
    audit::AuditAction,
    id::SessionId,
    rate_limit::LimitName,
    secret::SecretText,
    session::{RefreshToken, RefreshTokenHash, RefreshVerdict, RotateRefresh, Session, SignedIn},
    user::{User, UserStatus},
};

use super::{Accounts, AccountsError, SignedInTokens};
use crate::limits;

/// Who logs out, as the request shows it.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one per request, and it is moved once"
)]
#[derive(Clone)]
pub enum LogoutBy {
    /// Somebody with a good access token.
    Session(SignedIn),
    /// Whoever holds this refresh token, used up or not.
    RefreshToken(String),
}

impl Accounts {
    /// Replaces a refresh token. The one just replaced gives the same successor again, for a minute and while that is
    /// unused (a second tab, a lost reply); an older one is somebody's copy and ends the session.
    ///
    /// # Errors
    /// [`AccountsError::SessionOver`] for every text that isn't a good refresh token, [`AccountsError::LimitReached`]
    /// when the session refreshes too often.
    pub async fn refresh(&self, token: &str) -> Result<SignedInTokens, AccountsError> {
        let refresh_tokens = &self.ports.refresh_tokens;
        let (id, _) = refresh_tokens
            .recognise(token)
            .ok_or(AccountsError::SessionOver)?;
        let subject = limits::session(id);
        let limiter = &self.ports.limiter;
        limiter.take(LimitName::Refreshes, &subject).await?;
        let presented = refresh_tokens.hash(&RefreshToken(SecretText::new(token.to_owned())));
        if let Some(tokens) = self.try_refresh(id, &presented).await? {
            return Ok(tokens);
        }
        // Another request replaced the token between our read and our write; now we see what it wrote.
        self.try_refresh(id, &presented)
            .await?
            .ok_or(AccountsError::SessionOver)
    }

    /// `None` when the session changed meanwhile.
    async fn try_refresh(
        &self,
        id: SessionId,
        presented: &RefreshTokenHash,
    ) -> Result<Option<SignedInTokens>, AccountsError> {
        let found = self.ports.sessions.find_session(id).await?;
        let SignedIn { user, session } = found
            .filter(|found| found.user.status == UserStatus::Active)
            .ok_or(AccountsError::SessionOver)?;
        match session.judge_refresh(presented, self.ports.clock.now()) {
            RefreshVerdict::Rotate => self.rotate(user, session).await,
            RefreshVerdict::RepeatSuccessor => self.tokens_of(SignedIn { user, session }).map(Some),
            RefreshVerdict::Reused => {
                self.end_reused(&session).await?;
                Err(AccountsError::SessionOver)
            }
            RefreshVerdict::Expired => Err(AccountsError::SessionOver),
        }
    }

    async fn rotate(
        &self,
        user: User,
        session: Session,
    ) -> Result<Option<SignedInTokens>, AccountsError> {
        let generation = session.generation.saturating_add(1);
        let rotation = RotateRefresh {
            session: session.id,
            current: session.refresh_hash,
            successor: self.refresh_hash(session.id, generation),
            at: self.ports.clock.now(),
        };
        if !self.ports.sessions.rotate_refresh(&rotation).await? {
            return Ok(None);
        }
        let session = Session {
            generation,
            ..session
        };
        self.tokens_of(SignedIn { user, session }).map(Some)
    }

    async fn end_reused(&self, session: &Session) -> Result<(), AccountsError> {
        let Session { id, user, .. } = *session;
        self.ports.sessions.end_session(user, id).await?;
        self.ports
            .audit(None, user, AuditAction::RefreshReuse, id)
            .await;
        Ok(())
    }

    /// Ends the session. One that is over already, or never was, is no error: who wants to be signed out is.
    pub async fn logout(&self, by: LogoutBy) -> Result<(), AccountsError> {
        let session = match by {
            LogoutBy::Session(signed_in) => Some(signed_in.session),
            LogoutBy::RefreshToken(token) => self.session_of(&token).await?,
        };
        if let Some(Session { user, id, .. }) = session {
            self.end_and_note(user, id).await?;
        }
        Ok(())
    }

    async fn session_of(&self, token: &str) -> Result<Option<Session>, AccountsError> {
        let Some((id, _)) = self.ports.refresh_tokens.recognise(token) else {
            return Ok(None);
        };
        let found = self.ports.sessions.find_session(id).await?;
        Ok(found.map(|found| found.session))
    }
}
