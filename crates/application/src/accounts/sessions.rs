//! The sessions of an account: listed, ended, tidied away.

use latchkey_domain::{
    StoreError,
    audit::AuditAction,
    id::{SessionId, UserId},
    session::{Session, SignedIn},
};

use super::{Accounts, AccountsError};

impl Accounts {
    /// The person's sessions, newest first.
    pub async fn list_sessions(&self, by: &SignedIn) -> Result<Vec<Session>, AccountsError> {
        let now = self.ports.clock.now();
        let mut sessions = self.ports.sessions.list_sessions(by.user.id).await?;
        sessions.retain(|session| !session.is_expired(now));
        Ok(sessions)
    }

    /// Ends one of the person's sessions.
    ///
    /// # Errors
    /// [`AccountsError::StepUpRequired`] for another session than this one, unless the password was given lately;
    /// [`AccountsError::NotFound`] when the person has no such session.
    pub async fn end_session(&self, by: &SignedIn, id: SessionId) -> Result<(), AccountsError> {
        if id != by.session.id {
            self.ensure_stepped_up(by)?;
        }
        if self.end_and_note(by.user.id, id).await? {
            Ok(())
        } else {
            Err(AccountsError::NotFound)
        }
    }

    /// Deletes the sessions that are over. Returns how many.
    pub async fn delete_expired_sessions(&self) -> Result<u64, StoreError> {
        let now = self.ports.clock.now();
        self.ports.sessions.delete_expired_sessions(now).await
    }

    /// Ends a session at its user's wish; `false` if it was over.
    pub(super) async fn end_and_note(
        &self,
        user: UserId,
        id: SessionId,
    ) -> Result<bool, AccountsError> {
        let ended = self.ports.sessions.end_session(user, id).await?;
        if ended {
            self.ports
                .audit(Some(user), user, AuditAction::SessionEnded, id)
                .await;
        }
        Ok(ended)
    }
}
