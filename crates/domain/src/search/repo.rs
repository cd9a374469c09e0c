//! The store's search.

use async_trait::async_trait;

use super::{SearchWords, Snippet};
use crate::{
    conversation::{Conversation, ConversationCursor},
    error::StoreError,
    id::MessageId,
    owner::Owner,
    page::{Page, PageRequest},
};

/// Which conversations are searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationSearch {
    /// The words that must all stand in the title, or all in one message.
    pub words: SearchWords,
    /// Only pinned ones, or only others.
    pub pinned: Option<bool>,
    /// Which part of the list.
    pub page: PageRequest<ConversationCursor>,
}

/// A conversation that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// The message that was found, of several the last that was stored; `None` when only the title was.
    pub message: Option<MessageId>,
    /// What stands there.
    pub snippet: Snippet,
}

/// Searches in conversations. What is stored can be found from the same transaction on, what is deleted no longer: the stores of
/// conversations and answers see to that. Only the texts of turns wait for [`index_pending`](Self::index_pending), so that no answer
/// waits for the words of the search. Every method is one transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait SearchRepo: Send + Sync {
    /// Conversations of `owner` with all the words in the title or in one message (of whatever branch; an answer once it
    /// has ended), last changed first. None if there is no word. A text that waits may be missing.
    async fn search_conversations(
        &self,
        owner: Owner,
        search: &ConversationSearch,
    ) -> Result<Page<FoundConversation, ConversationCursor>, StoreError>;

    /// Makes up to `limit` texts of turns findable that wait for it; answers wait until they have ended. Returns how many it dealt with,
    /// also those that were deleted meanwhile: fewer than `limit` when no more were ready. What somebody else is about to make findable
    /// is waited for. When nothing waits, nothing is written.
    async fn index_pending(&self, limit: u32) -> Result<u64, StoreError>;

    /// Makes up to `limit` conversations findable that were stored before there was a search. Returns how many.
    async fn index_older_conversations(&self, limit: u32) -> Result<u64, StoreError>;
}
