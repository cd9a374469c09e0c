//! Making a link.

use latchkey_domain::{
    Owner, Timestamp,
    audit::AuditAction,
    conversation::{Conversation, ConversationId, ConversationLookup, MessageStatus},
    id::{MessageId, ShareId},
    secret::SecretText,
    share::{NewShareToken, Share},
};

use super::{Shares, SharesError};
use crate::Actor;

/// A link that was made.
#[derive(Debug, Clone)]
pub struct CreatedShare {
    /// The link as it is stored.
    pub share: Share,
    /// Its secret, which is never seen again.
    pub secret: SecretText,
}

impl Shares {
    /// Makes a link to a conversation as it is now: up to the last message that is shown. It is void from `expires_at` on.
    ///
    /// # Errors
    /// [`SharesError::NoConversation`], [`SharesError::ConversationDeleted`], [`SharesError::Temporary`], [`SharesError::NothingToShow`],
    /// [`SharesError::AnswerRunning`], [`SharesError::TooMany`].
    pub async fn create(
        &self,
        actor: &Actor,
        conversation: &ConversationId,
        expires_at: Option<Timestamp>,
    ) -> Result<CreatedShare, SharesError> {
        let owner = actor.owner();
        let (conversation, leaf) = self.what_is_shown(owner, conversation).await?;
        let NewShareToken { secret, hash } = self.ports.share_tokens.generate()?;
        let now = self.ports.clock.now();
        let share = Share {
            id: ShareId::new(self.ports.ids.as_ref()),
            owner,
            conversation: conversation.id,
            hash,
            title: conversation.title,
            leaf,
            created_at: now,
            updated_at: now,
            expires_at,
        };
        self.ports.shares.insert_share(&share).await?;
        self.ports
            .audit(
                Some(actor.user.id),
                owner,
                AuditAction::ShareCreated,
                share.id,
            )
            .await;
        Ok(CreatedShare { share, secret })
    }

    /// A conversation with the last message that is shown of it, which must have ended.
    pub(super) async fn what_is_shown(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<(Conversation, MessageId), SharesError> {
        let conversations = &self.ports.conversations;
        let conversation = match conversations.find_conversation(owner, id).await? {
            ConversationLookup::Found(conversation) => conversation,
            ConversationLookup::Deleted => return Err(SharesError::ConversationDeleted),
            ConversationLookup::Unknown => return Err(SharesError::NoConversation),
        };
        if conversation.temporary {
            return Err(SharesError::Temporary);
        }
        let leaf = conversation.shown_leaf.ok_or(SharesError::NothingToShow)?;
        let found = conversations.find_message(owner, id, leaf).await?;
        let status = found.map(|found| found.message.status);
        match status {
            None => Err(SharesError::NothingToShow),
            Some(MessageStatus::Streaming) => Err(SharesError::AnswerRunning),
            Some(_) => Ok((conversation, leaf)),
        }
    }
}
