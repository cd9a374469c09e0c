//! Sign-ins. A session lives in the store and is read with each request; its tokens only save a password check.

mod repo;
mod token;

pub use repo::{RotateRefresh, SessionRepo, SignedIn};
pub use token::{
    AccessClaims, AccessToken, AccessTokenError, AccessTokens, RefreshToken, RefreshTokenHash,
    RefreshTokens,
};

#[cfg(feature = "mocks")]
pub use {repo::MockSessionRepo, token::MockAccessTokens, token::MockRefreshTokens};

use std::time::Duration;

use crate::{
    id::{SessionId, UserId},
    time::Timestamp,
};

/// How long an access token is good.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_mins(15);
/// How long a session lives without a refresh.
pub const SESSION_IDLE_LIFE: Duration = Duration::from_hours(720);
/// How long a session lives at most.
pub const SESSION_LIFE: Duration = Duration::from_hours(2160);
/// How long a used refresh token gives the same successor again, while that is unused.
pub const REFRESH_GRACE: Duration = Duration::from_mins(1);
/// How long a password check counts as fresh.
pub const STEP_UP_LIFE: Duration = Duration::from_mins(5);

/// One sign-in on one device, with its family of refresh tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The session's id; access tokens carry it.
    pub id: SessionId,
    /// Who signed in.
    pub user: UserId,
    /// How many times the refresh token was replaced.
    pub generation: u32,
    /// Hash of the refresh token in force.
    pub refresh_hash: RefreshTokenHash,
    /// Hash of the one before it.
    pub previous_refresh_hash: Option<RefreshTokenHash>,
    /// What the client called itself at sign-in, shortened.
    pub user_agent: Option<String>,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When the refresh token was last replaced (at first: `created_at`).
    pub refreshed_at: Timestamp,
    /// When the password was last given.
    pub authenticated_at: Timestamp,
    /// From when on the session is over whatever happens.
    pub expires_at: Timestamp,
}

impl Session {
    /// Whether the session is over at `now` because of its age or because it was idle too long.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at || now >= self.refreshed_at.plus(SESSION_IDLE_LIFE)
    }

    /// Whether the password was given within the last five minutes, for actions that ask for it again.
    pub fn is_stepped_up(&self, now: Timestamp) -> bool {
        now < self.authenticated_at.plus(STEP_UP_LIFE)
    }

    /// What a presented refresh token, known to be of this family, entitles to at `now`.
    pub fn judge_refresh(&self, presented: &RefreshTokenHash, now: Timestamp) -> RefreshVerdict {
        if self.is_expired(now) {
            RefreshVerdict::Expired
        } else if *presented == self.refresh_hash {
            RefreshVerdict::Rotate
        } else if self.previous_refresh_hash.as_ref() == Some(presented)
            && now.since(self.refreshed_at) <= REFRESH_GRACE
        {
            RefreshVerdict::RepeatSuccessor
        } else {
            RefreshVerdict::Reused
        }
    }
}

/// What a presented refresh token entitles to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshVerdict {
    /// It is the one in force: replace it.
    Rotate,
    /// It is the immediate predecessor, just replaced, and its successor is unused: a second tab, or a lost
    /// reply. Give the same successor again.
    RepeatSuccessor,
    /// It was used up before: somebody has a copy. End the family.
    Reused,
    /// The session is over.
    Expired,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            id: SessionId::from_uuid(uuid::Uuid::nil()),
            user: UserId::from_uuid(uuid::Uuid::nil()),
            generation: 2,
            refresh_hash: RefreshTokenHash([2; 32]),
            previous_refresh_hash: Some(RefreshTokenHash([1; 32])),
            user_agent: None,
            created_at: Timestamp::EPOCH,
            refreshed_at: Timestamp::EPOCH,
            authenticated_at: Timestamp::EPOCH,
            expires_at: Timestamp::EPOCH.plus(SESSION_LIFE),
        }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn the_token_in_force_rotates() {
        let verdict = session().judge_refresh(&RefreshTokenHash([2; 32]), at(3600));
        assert_eq!(verdict, RefreshVerdict::Rotate);
    }

    #[test]
    fn the_predecessor_repeats_for_a_minute_and_then_ends_the_family() {
        let previous = RefreshTokenHash([1; 32]);
        assert_eq!(
            session().judge_refresh(&previous, at(30)),
            RefreshVerdict::RepeatSuccessor
        );
        assert_eq!(
            session().judge_refresh(&previous, at(60)),
            RefreshVerdict::RepeatSuccessor
        );
        assert_eq!(
            session().judge_refresh(&previous, at(61)),
            RefreshVerdict::Reused
        );
    }

    #[test]
    fn an_older_one_ends_the_family_at_once() {
        assert_eq!(
            session().judge_refresh(&RefreshTokenHash([0; 32]), at(1)),
            RefreshVerdict::Reused
        );
    }

    #[test]
    fn idle_and_old_sessions_are_over() {
        let token = RefreshTokenHash([2; 32]);
        assert_eq!(
            session().judge_refresh(&token, Timestamp::EPOCH.plus(SESSION_IDLE_LIFE)),
            RefreshVerdict::Expired
        );
        let mut busy = session();
        busy.refreshed_at = Timestamp::EPOCH.plus(SESSION_LIFE);
        assert!(busy.is_expired(Timestamp::EPOCH.plus(SESSION_LIFE)));
    }

    #[test]
    fn a_password_check_is_fresh_for_five_minutes() {
        assert!(session().is_stepped_up(at(299)));
        assert!(!session().is_stepped_up(at(300)));
    }
}
