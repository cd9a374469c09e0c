//! Links under which anybody can read a conversation: as it was up to a message, until its owner ends them.

mod make;
mod repo;

pub use make::{NewShareToken, ShareTokenHash, ShareTokens};
pub use repo::{InsertShareError, ShareChange, ShareRepo};

#[cfg(feature = "mocks")]
pub use {make::MockShareTokens, repo::MockShareRepo};

use crate::{
    conversation::ConversationId,
    id::{MessageId, ShareId},
    owner::Owner,
    time::Timestamp,
};

/// Most links of one owner.
pub const MAX_SHARES_PER_OWNER: usize = 200;

/// A link, without its secret: that is shown once and never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The link's id, by which its owner names it.
    pub id: ShareId,
    /// Whose conversation it shows.
    pub owner: Owner,
    /// The conversation.
    pub conversation: ConversationId,
    /// Hash of the secret in the link.
    pub hash: ShareTokenHash,
    /// The title as it was then.
    pub title: Option<String>,
    /// The last message that is shown. Messages never change, so with it stands all before it.
    pub leaf: MessageId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last made to show the conversation as it then was.
    pub updated_at: Timestamp,
    /// From when on it is void; `None` for never.
    pub expires_at: Option<Timestamp>,
}

impl Share {
    /// Whether the link is void at `now` because of its age.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expiry| now >= expiry)
    }
}
