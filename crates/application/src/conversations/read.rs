//! Reading conversations and their messages.

use latchkey_domain::{
    Page, PageRequest, StoreError,
    conversation::{
        Conversation, ConversationCursor, ConversationId, ConversationLookup, ConversationQuery,
        PathMessage,
    },
    id::MessageId,
    search::{ConversationSearch, FoundConversation},
};

use super::{Conversations, ConversationsError};
use crate::{Actor, maintenance::TEXTS_A_PART};

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

    /// The actor's conversations in which all the words stand, last changed first. Whatever was written before can be found.
    pub async fn search(
        &self,
        actor: &Actor,
        search: ConversationSearch,
    ) -> Result<Page<FoundConversation, ConversationCursor>, ConversationsError> {
        while self.index_some_pending().await? {}
        let found = &self.ports.search;
        Ok(found.search_conversations(actor.owner(), &search).await?)
    }

    /// Makes some of the texts of turns findable that wait for it. `false` when all that waited is done: what others write meanwhile
    /// keeps nobody.
    pub(crate) async fn index_some_pending(&self) -> Result<bool, StoreError> {
        let indexed = self.ports.search.index_pending(TEXTS_A_PART).await?;
        Ok(indexed >= u64::from(TEXTS_A_PART))
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

    /// A page of the branch that is shown, oldest message first. The first page ends in the last message.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn messages(
        &self,
        actor: &Actor,
        id: &ConversationId,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<PathMessage, MessageId>, ConversationsError> {
        let conversations = &self.ports.conversations;
        let page = conversations
            .list_shown_page(actor.owner(), id, page)
            .await?;
        if page.items.is_empty() {
            // No messages, or no conversation?
            self.get(actor, id).await?;
        }
        Ok(page)
    }

    /// One message of a conversation, on whatever branch.
    ///
    /// # Errors
    /// [`ConversationsError::UnknownMessage`] when the conversation has no such message; else as [`get`](Self::get).
    pub async fn message(
        &self,
        actor: &Actor,
        id: &ConversationId,
        message: MessageId,
    ) -> Result<PathMessage, ConversationsError> {
        let conversations = &self.ports.conversations;
        if let Some(found) = conversations
            .find_message(actor.owner(), id, message)
            .await?
        {
            return Ok(found);
        }
        self.get(actor, id).await?;
        Err(ConversationsError::UnknownMessage)
    }
}
