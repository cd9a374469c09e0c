//! Reads conversations in parts, so that none is ever in memory as a whole.

use std::{collections::VecDeque, sync::Arc};

use latchkey_domain::{
    Owner, StoreError,
    archive::MessageOutline,
    conversation::{Conversation, ConversationId, Message},
    id::MessageId,
};

use crate::Ports;

/// Most messages, and bytes of content, that are read at once; one message is, whatever it holds.
const MESSAGES_AT_ONCE: usize = 64;
const BYTES_AT_ONCE: u64 = 1024 * 1024;
/// Conversations that are listed at once.
const CONVERSATIONS_AT_ONCE: u32 = 50;

/// Why reading on is not possible.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The conversation was deleted meanwhile.
    #[error("the conversation was deleted meanwhile")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The messages of a conversation, a few at a time.
pub struct MessageReader {
    ports: Arc<Ports>,
    owner: Owner,
    conversation: ConversationId,
    left: VecDeque<MessageOutline>,
}

impl MessageReader {
    pub(crate) fn new(
        ports: Arc<Ports>,
        owner: Owner,
        conversation: ConversationId,
        messages: impl IntoIterator<Item = MessageOutline>,
    ) -> Self {
        Self {
            ports,
            owner,
            conversation,
            left: messages.into_iter().collect(),
        }
    }

    /// The next messages, oldest first; `None` when there are no more.
    ///
    /// # Errors
    /// [`ArchiveError::Gone`] when the conversation was deleted meanwhile.
    pub async fn next(&mut self) -> Result<Option<Vec<Message>>, ArchiveError> {
        let ids = self.take_next();
        if ids.is_empty() {
            return Ok(None);
        }
        let archive = &self.ports.archive;
        let found = archive
            .find_messages(self.owner, &self.conversation, &ids)
            .await?;
        if found.len() == ids.len() {
            Ok(Some(found))
        } else {
            Err(ArchiveError::Gone)
        }
    }

    fn take_next(&mut self) -> Vec<MessageId> {
        let (mut ids, mut bytes) = (Vec::new(), 0_u64);
        while let Some(next) = self.left.front() {
            bytes = bytes.saturating_add(next.bytes);
            let is_enough = ids.len() == MESSAGES_AT_ONCE || bytes > BYTES_AT_ONCE;
            if is_enough && !ids.is_empty() {
                break;
            }
            ids.push(next.id);
            self.left.pop_front();
        }
        ids
    }
}

/// All conversations of an owner, one after the other.
pub struct ConversationWalk {
    ports: Arc<Ports>,
    owner: Owner,
    listed: VecDeque<Conversation>,
    after: Option<ConversationId>,
}

impl ConversationWalk {
    pub(crate) fn new(ports: Arc<Ports>, owner: Owner) -> Self {
        Self {
            ports,
            owner,
            listed: VecDeque::new(),
            after: None,
        }
    }

    /// The next conversation with all its messages; `None` when there are no more. One that is deleted meanwhile may be passed over.
    pub async fn next(&mut self) -> Result<Option<(Conversation, MessageReader)>, StoreError> {
        if self.listed.is_empty() {
            let archive = &self.ports.archive;
            let next = archive
                .list_conversations_by_id(self.owner, self.after.clone(), CONVERSATIONS_AT_ONCE)
                .await?;
            self.listed = next.into();
        }
        let Some(conversation) = self.listed.pop_front() else {
            return Ok(None);
        };
        self.after = Some(conversation.id.clone());
        let archive = &self.ports.archive;
        let outline = archive
            .outline_conversation(self.owner, &conversation.id)
            .await?;
        let id = conversation.id.clone();
        let reader = MessageReader::new(Arc::clone(&self.ports), self.owner, id, outline);
        Ok(Some((conversation, reader)))
    }
}
