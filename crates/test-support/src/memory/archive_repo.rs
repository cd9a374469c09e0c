//! Conversations as a whole, in memory.

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    archive::{ArchiveRepo, MessageOutline},
    conversation::{Conversation, ConversationId, Message},
    id::MessageId,
    owner::Owner,
};

use super::MemoryStore;

#[async_trait]
impl ArchiveRepo for MemoryStore {
    async fn list_conversations_by_id(
        &self,
        owner: Owner,
        after: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.enter("list_conversations_by_id").await?;
        let state = self.state();
        let own = state
            .conversations
            .iter()
            .filter(|((of, id), _)| *of == owner && after.as_ref().is_none_or(|after| id > after));
        let mut found: Vec<Conversation> = own
            .filter_map(|(_, stored)| Some(stored.as_ref()?.conversation.clone()))
            .filter(|conversation| !conversation.temporary)
            .collect();
        found.sort_by(|one, other| one.id.cmp(&other.id));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    async fn outline_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<Vec<MessageOutline>, StoreError> {
        self.enter("outline_conversation").await?;
        let state = self.state();
        let messages = state.conversation(owner, id).map(|stored| &stored.messages);
        let outline = messages
            .into_iter()
            .flatten()
            .map(|message| MessageOutline {
                id: message.id,
                parent: message.parent,
                bytes: super::count(message.content.as_str().len()),
            });
        Ok(outline.collect())
    }

    async fn find_messages(
        &self,
        owner: Owner,
        id: &ConversationId,
        messages: &[MessageId],
    ) -> Result<Vec<Message>, StoreError> {
        self.enter("find_messages").await?;
        let state = self.state();
        let stored = state.conversation(owner, id).map(|stored| &stored.messages);
        let these = stored.into_iter().flatten();
        let these = these.filter(|message| messages.contains(&message.id));
        Ok(these.cloned().collect())
    }
}
