//! Making a conversation before its first message.

use latchkey_domain::{
    conversation::{Conversation, ConversationId, InsertConversationError},
    id::ApiKeyId,
    llm::ModelId,
};

use super::{Conversations, ConversationsError};
use crate::Actor;

/// A conversation to make.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreateConversation {
    /// Its id, if the client chose one.
    pub id: Option<ConversationId>,
    /// Its title; else the first message gives it one.
    pub title: Option<String>,
    /// The model of its messages.
    pub model: Option<ModelId>,
    /// Its system prompt.
    pub system: Option<String>,
    /// The key that pays for it.
    pub key: Option<ApiKeyId>,
    /// Whether it is temporary.
    pub temporary: bool,
}

impl Conversations {
    /// Makes an empty conversation.
    ///
    /// # Errors
    /// [`ConversationsError::UnknownKey`] when the key isn't the actor's, [`ConversationsError::IdTaken`] and
    /// [`ConversationsError::Deleted`] when the id stands, or stood, for another conversation of theirs.
    pub async fn create(
        &self,
        actor: &Actor,
        command: CreateConversation,
    ) -> Result<Conversation, ConversationsError> {
        self.ensure_owned(actor, command.key).await?;
        let conversation = self.new_conversation(actor, command);
        let conversations = &self.ports.conversations;
        match conversations.insert_conversation(&conversation).await {
            Ok(()) => Ok(conversation),
            Err(InsertConversationError::IdTaken) => {
                Err(self.why_taken(actor, &conversation.id).await)
            }
            Err(InsertConversationError::Store(error)) => Err(error.into()),
        }
    }

    fn new_conversation(&self, actor: &Actor, command: CreateConversation) -> Conversation {
        let now = self.ports.clock.now();
        let new_id = || ConversationId::new(self.ports.ids.as_ref());
        Conversation {
            owner: actor.owner(),
            id: command.id.unwrap_or_else(new_id),
            title: command.title,
            model: command.model,
            system: command.system,
            key: command.key,
            pinned: false,
            temporary: command.temporary,
            shown_leaf: None,
            created_at: now,
            updated_at: now,
        }
    }

    async fn why_taken(&self, actor: &Actor, id: &ConversationId) -> ConversationsError {
        use ConversationsError::{Deleted, IdTaken, Store};
        match self.get(actor, id).await {
            Err(why @ (Deleted | Store(_))) => why,
            Ok(_) | Err(_) => IdTaken,
        }
    }

    /// Refuses to pin a key that isn't the actor's.
    pub(super) async fn ensure_owned(
        &self,
        actor: &Actor,
        key: Option<ApiKeyId>,
    ) -> Result<(), ConversationsError> {
        let Some(key) = key else { return Ok(()) };
        let found = self.ports.api_keys.find_api_key(actor.owner(), key).await?;
        found.map(|_| ()).ok_or(ConversationsError::UnknownKey)
    }
}
