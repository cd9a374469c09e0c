//! Conversations as a whole, in memory.

use std::collections::HashSet;

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    archive::{ArchiveRepo, MessageOutline, StoreImportedError, Stored, leaf_after_import},
    conversation::{Conversation, ConversationId, Message},
    id::MessageId,
    owner::Owner,
};

use super::{MemoryStore, store::StoredConversation};

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

    async fn store_imported(
        &self,
        conversation: &Conversation,
        messages: &[Message],
    ) -> Result<Stored, StoreImportedError> {
        self.enter("store_imported").await?;
        let mut state = self.state();
        state.require_owner(conversation.owner)?;
        let key = (conversation.owner, conversation.id.clone());
        let there = match state.conversations.get_mut(&key) {
            Some(Some(there)) => there,
            Some(None) => return Err(StoreImportedError::Deleted),
            None => {
                let mut new = StoredConversation::empty(conversation.clone());
                new.messages = messages.to_vec();
                state.conversations.insert(key, Some(new));
                return Ok(Stored::New);
            }
        };
        let known: HashSet<MessageId> = there.messages.iter().map(|message| message.id).collect();
        let new = messages
            .iter()
            .filter(|message| !known.contains(&message.id));
        let new: Vec<Message> = new.cloned().collect();
        if new.len() == messages.len() && !known.is_empty() {
            return Err(StoreImportedError::IdTaken);
        }
        if new.is_empty() {
            return Ok(Stored::Unchanged);
        }
        let old = &mut there.conversation;
        old.shown_leaf = leaf_after_import(old.shown_leaf, conversation.shown_leaf, &new);
        old.updated_at = old.updated_at.max(conversation.updated_at);
        let count = new.len();
        there.messages.extend(new);
        Ok(Stored::Grown(count))
    }
}
