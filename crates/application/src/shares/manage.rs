//! Listing, changing and ending links.

use latchkey_domain::{
    Timestamp,
    audit::AuditAction,
    id::ShareId,
    share::{Share, ShareChange},
};

use super::{Shares, SharesError};
use crate::Actor;

/// A change of a link; what is `None` stays, `Some(None)` takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChangeShare {
    /// From when on it is void.
    pub expires_at: Option<Option<Timestamp>>,
    /// Whether it shall show the conversation as it is now.
    pub refresh: bool,
}

impl Shares {
    /// The actor's links, newest first; expired ones, too.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Share>, SharesError> {
        Ok(self.ports.shares.list_shares(actor.owner()).await?)
    }

    /// Changes a link and returns it.
    ///
    /// # Errors
    /// [`SharesError::NotFound`]; when it shall show the conversation as it is now as [`create`](Self::create).
    pub async fn change(
        &self,
        actor: &Actor,
        id: ShareId,
        change: ChangeShare,
    ) -> Result<Share, SharesError> {
        let owner = actor.owner();
        let shares = &self.ports.shares;
        let mut writes = ShareChange {
            shows: None,
            expires_at: change.expires_at,
        };
        if change.refresh {
            let share = shares.find_own_share(owner, id).await?;
            let share = share.ok_or(SharesError::NotFound)?;
            let (conversation, leaf) = self.what_is_shown(owner, &share.conversation).await?;
            writes.shows = Some((leaf, conversation.title));
        }
        let now = self.ports.clock.now();
        let changed = shares.update_share(owner, id, &writes, now).await?;
        let share = changed.ok_or(SharesError::NotFound)?;
        self.ports
            .audit(Some(actor.user.id), owner, AuditAction::ShareChanged, id)
            .await;
        Ok(share)
    }

    /// Ends a link: the next who opens it finds nothing.
    ///
    /// # Errors
    /// [`SharesError::NotFound`].
    pub async fn end(&self, actor: &Actor, id: ShareId) -> Result<(), SharesError> {
        let owner = actor.owner();
        if !self.ports.shares.delete_share(owner, id).await? {
            return Err(SharesError::NotFound);
        }
        self.ports
            .audit(Some(actor.user.id), owner, AuditAction::ShareEnded, id)
            .await;
        Ok(())
    }
}
