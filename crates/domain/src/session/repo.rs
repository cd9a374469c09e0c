//! The store of sessions.

use async_trait::async_trait;

use super::{RefreshTokenHash, Session};
use crate::{
    error::StoreError,
    id::{SessionId, UserId},
    time::Timestamp,
    user::{User, UserStatus},
};

/// A session with its account, as they are in the store now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub user: User,
    /// The session.
    pub session: Session,
}

impl SignedIn {
    /// Whether what this session began may go on at `now`: the account may sign in, and the session isn't over.
    pub fn may_go_on(&self, now: Timestamp) -> bool {
        self.user.status == UserStatus::Active && !self.session.is_expired(now)
    }
}

/// The replacement of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotateRefresh {
    /// The session.
    pub session: SessionId,
    /// The token in force until now.
    pub current: RefreshTokenHash,
    /// Its successor, of the next generation.
    pub successor: RefreshTokenHash,
    /// When.
    pub at: Timestamp,
}

/// Stores sessions. A session that has ended is not found any more. Every method is one transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait SessionRepo: Send + Sync {
    /// Inserts a new session.
    async fn insert_session(&self, session: &Session) -> Result<(), StoreError>;

    /// The session and its account, in one read. Also a disabled account and an expired session are returned:
    /// the rules judge, not the query.
    async fn find_session(&self, id: SessionId) -> Result<Option<SignedIn>, StoreError>;

    /// Replaces the refresh token if `current` is still in force: it becomes the previous one, the generation
    /// grows by one, `refreshed_at` is `at`. `false` if it isn't (or the session is gone); then nothing changed.
    async fn rotate_refresh(&self, rotation: &RotateRefresh) -> Result<bool, StoreError>;

    /// Notes that the password was given again at `at`; `false` if the session is gone.
    async fn mark_authenticated(&self, id: SessionId, at: Timestamp) -> Result<bool, StoreError>;

    /// All sessions of `user`, newest first.
    async fn list_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError>;

    /// Ends one session of `user`; `false` if they have no such session.
    async fn end_session(&self, user: UserId, id: SessionId) -> Result<bool, StoreError>;

    /// Deletes sessions that expired, or were idle since, before `now`. Returns how many.
    async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError>;
}
