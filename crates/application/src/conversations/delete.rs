//! Deleting conversations, by their owner or by age.

use latchkey_domain::{StoreError, conversation::ConversationId};

use super::{Conversations, ConversationsError};
use crate::Actor;

impl Conversations {
    /// Deletes a conversation with its messages; its id is never used again. An answer that runs in it ends by itself.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn delete(
        &self,
        actor: &Actor,
        id: &ConversationId,
    ) -> Result<(), ConversationsError> {
        let conversations = &self.ports.conversations;
        let now = self.ports.clock.now();
        if conversations
            .delete_conversation(actor.owner(), id, now)
            .await?
        {
            Ok(())
        } else {
            Err(self.absence(actor, id).await)
        }
    }

    /// Deletes up to `limit` conversations whose owners keep none that is idle for so long. Returns how many.
    pub async fn delete_idle(&self, limit: u32) -> Result<u64, StoreError> {
        let now = self.ports.clock.now();
        let conversations = &self.ports.conversations;
        conversations.delete_idle_conversations(now, limit).await
    }

    /// Why a conversation that isn't there isn't.
    pub(super) async fn absence(&self, actor: &Actor, id: &ConversationId) -> ConversationsError {
        self.get(actor, id)
            .await
            .err()
            .unwrap_or(ConversationsError::NotFound)
    }
}
