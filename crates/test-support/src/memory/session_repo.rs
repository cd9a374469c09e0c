//! Sessions in memory.

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    id::{SessionId, UserId},
    owner::Owner,
    session::{RotateRefresh, Session, SessionRepo, SignedIn},
    time::Timestamp,
};

use super::{MemoryStore, count};

#[async_trait]
impl SessionRepo for MemoryStore {
    async fn insert_session(&self, session: &Session) -> Result<(), StoreError> {
        self.enter("insert_session").await?;
        let mut state = self.state();
        state.require_owner(Owner::User(session.user))?;
        state.sessions.insert(session.id, session.clone());
        Ok(())
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<SignedIn>, StoreError> {
        self.enter("find_session").await?;
        let state = self.state();
        let found = state.sessions.get(&id).and_then(|session| {
            Some(SignedIn {
                user: state.users.get(&session.user)?.clone(),
                session: session.clone(),
            })
        });
        Ok(found)
    }

    async fn rotate_refresh(&self, rotation: &RotateRefresh) -> Result<bool, StoreError> {
        self.enter("rotate_refresh").await?;
        let mut state = self.state();
        let Some(session) = state.sessions.get_mut(&rotation.session) else {
            return Ok(false);
        };
        if session.refresh_hash != rotation.current {
            return Ok(false);
        }
        session.previous_refresh_hash = Some(rotation.current);
        session.refresh_hash = rotation.successor;
        session.generation += 1;
        session.refreshed_at = rotation.at;
        Ok(true)
    }

    async fn mark_authenticated(&self, id: SessionId, at: Timestamp) -> Result<bool, StoreError> {
        self.enter("mark_authenticated").await?;
        let mut state = self.state();
        let Some(session) = state.sessions.get_mut(&id) else {
            return Ok(false);
        };
        session.authenticated_at = at;
        Ok(true)
    }

    async fn list_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        self.enter("list_sessions").await?;
        let state = self.state();
        let own = state
            .sessions
            .values()
            .filter(|session| session.user == user);
        let mut sessions: Vec<Session> = own.cloned().collect();
        sessions.sort_by_key(|session| std::cmp::Reverse((session.created_at, session.id)));
        Ok(sessions)
    }

    async fn end_session(&self, user: UserId, id: SessionId) -> Result<bool, StoreError> {
        self.enter("end_session").await?;
        let mut state = self.state();
        let is_own = state
            .sessions
            .get(&id)
            .is_some_and(|session| session.user == user);
        Ok(is_own && state.sessions.remove(&id).is_some())
    }

    async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.enter("delete_expired_sessions").await?;
        let mut state = self.state();
        let before = state.sessions.len();
        state.sessions.retain(|_, session| !session.is_expired(now));
        Ok(count(before - state.sessions.len()))
    }
}
