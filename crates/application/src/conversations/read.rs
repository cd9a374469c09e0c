//! Reading conversations and their messages.

use latchkey_domain::{
    Page,
    conversation::{
        Conversation, ConversationCursor, ConversationId, ConversationLookup, ConversationQuery,
        PathMessage,
    },
};

use super::{Conversations, ConversationsError};
use crate::Actor;

impl Conversations {
    /// The actor's conversations, last changed first.
    pub async fn list(
        &self,
        actor: &Actor,
        query: ConversationQuery,
    ) -> Result<Page<Conversation, ConversationCursor>, ConversationsError> {
        let conversations = &self.ports.conversations;
        Ok(conversations
            .list_conversations(actor.owner(), &query)
            .await?)
    }

    /// One of the actor's conversations.
    ///
    /// # Errors
    /// [`ConversationsError::NotFound`] when the actor never had it, [`ConversationsError::Deleted`] when it is gone.
    pub async fn get(
        &self,
        actor: &Actor,
        id: &ConversationId,
    ) -> Result<Conversation, ConversationsError> {
        let conversations = &self.ports.conversations;
        match conversations.find_conversation(actor.owner(), id).await? {
            ConversationLookup::Found(conversation) => Ok(conversation),
            ConversationLookup::Deleted => Err(ConversationsError::Deleted),
            ConversationLookup::Unknown => Err(ConversationsError::NotFound),
        }
    }

    /// The branch of a conversation that is shown, oldest message first.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn messages(
        &self,
        actor: &Actor,
        id: &ConversationId,
    ) -> Result<Vec<PathMessage>, ConversationsError> {
        let conversations = &self.ports.conversations;
        let path = conversations.list_shown_path(actor.owner(), id).await?;
        if path.is_empty() {
            // No messages, or no conversation?
            self.get(actor, id).await?;
        }
        Ok(path)
    }
}
