//! The beginning of a session, and the tokens of one that stands.

use latchkey_domain::{
    Timestamp,
    id::SessionId,
    session::{ACCESS_TOKEN_LIFE, AccessClaims, RefreshTokenHash, SESSION_LIFE, Session, SignedIn},
    user::{User, UserStatus},
};

use super::{Accounts, AccountsError, SignedInTokens};

/// Most characters that are kept of what a client calls itself.
const MAX_USER_AGENT_CHARS: usize = 200;

impl Accounts {
    /// Begins a session of `user`, who has just shown who they are, and returns its tokens.
    pub(super) async fn sign_in(
        &self,
        user: &User,
        user_agent: Option<&str>,
    ) -> Result<SignedInTokens, AccountsError> {
        let session = self.new_session(user, user_agent);
        self.ports.sessions.insert_session(&session).await?;
        let signed_in = self.confirm_unchanged(user, &session).await?;
        self.tokens_of(signed_in)
    }

    fn new_session(&self, user: &User, user_agent: Option<&str>) -> Session {
        let now = self.ports.clock.now();
        let id = SessionId::new(self.ports.ids.as_ref());
        let generation = 0;
        Session {
            id,
            user: user.id,
            generation,
            refresh_hash: self.refresh_hash(id, generation),
            previous_refresh_hash: None,
            user_agent: user_agent.and_then(shortened),
            created_at: now,
            refreshed_at: now,
            authenticated_at: now,
            expires_at: now.plus(SESSION_LIFE),
        }
    }

    /// The account as it is now that the session stands. A password change or a disabling that came after the
    /// password was checked could not end this session, which wasn't there yet: so it ends here.
    async fn confirm_unchanged(
        &self,
        checked: &User,
        session: &Session,
    ) -> Result<SignedIn, AccountsError> {
        let found = self.ports.sessions.find_session(session.id).await?;
        let unchanged = found.filter(|found| {
            found.user.status == UserStatus::Active
                && found.user.security_version == checked.security_version
        });
        if unchanged.is_none() {
            let sessions = &self.ports.sessions;
            sessions.end_session(checked.id, session.id).await?;
        }
        unchanged.ok_or(AccountsError::BadCredentials)
    }

    /// An access token of this session, and the refresh token that is in force.
    pub(super) fn tokens_of(&self, signed_in: SignedIn) -> Result<SignedInTokens, AccountsError> {
        let SignedIn { user, session } = signed_in;
        let claims = access_claims(&user, &session, self.ports.clock.now());
        let refresh_tokens = &self.ports.refresh_tokens;
        Ok(SignedInTokens {
            access_token: self.ports.access_tokens.issue(&claims)?,
            expires_in: claims.expires_at.since(claims.issued_at),
            refresh_token: refresh_tokens.derive(session.id, session.generation),
            session_expires_at: session.expires_at,
            user,
        })
    }

    /// The hash under which the refresh token of this session and generation is stored.
    pub(super) fn refresh_hash(&self, session: SessionId, generation: u32) -> RefreshTokenHash {
        let refresh_tokens = &self.ports.refresh_tokens;
        refresh_tokens.hash(&refresh_tokens.derive(session, generation))
    }
}

/// No access token outlives its session.
fn access_claims(user: &User, session: &Session, now: Timestamp) -> AccessClaims {
    AccessClaims {
        user: user.id,
        session: session.id,
        security_version: user.security_version,
        issued_at: now,
        expires_at: now.plus(ACCESS_TOKEN_LIFE).min(session.expires_at),
    }
}

fn shortened(user_agent: &str) -> Option<String> {
    let printable = user_agent.chars().filter(|c| !c.is_control());
    let text: String = printable.take(MAX_USER_AGENT_CHARS).collect();
    (!text.trim().is_empty()).then_some(text)
}
