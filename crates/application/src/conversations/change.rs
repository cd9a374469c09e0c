//! Changing a conversation.

use latchkey_domain::conversation::{Conversation, ConversationChange, ConversationId};

use super::{Conversations, ConversationsError};
use crate::Actor;

impl Conversations {
    /// Changes title, model, system prompt, key or shown branch, or pins it, and returns the conversation.
    ///
    /// # Errors
    /// [`ConversationsError::UnknownKey`] when the key to pin isn't the actor's,
    /// [`ConversationsError::UnknownMessage`] when the message to show isn't of this conversation; else as [`get`](Self::get).
    pub async fn update(
        &self,
        actor: &Actor,
        id: &ConversationId,
        change: ConversationChange,
    ) -> Result<Conversation, ConversationsError> {
        self.ensure_owned(actor, change.key.flatten()).await?;
        let conversations = &self.ports.conversations;
        let now = self.ports.clock.now();
        let changed = conversations
            .update_conversation(actor.owner(), id, &change, now)
            .await?;
        match changed {
            Some(conversation) => Ok(conversation),
            None => Err(self.absence(actor, id).await),
        }
    }
}
