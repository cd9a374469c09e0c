//! The search in memory: every text is looked through.

use std::cmp::Reverse;

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    conversation::{Conversation, ConversationCursor, ConversationId, MessageStatus},
    id::MessageId,
    owner::Owner,
    page::Page,
    search::{
        ConversationSearch, FoundConversation, SearchRepo, SearchWords, Snippet, indexed_words,
    },
};

use super::{
    MemoryStore, first_page,
    store::{State, StoredConversation},
};

#[async_trait]
impl SearchRepo for MemoryStore {
    async fn search_conversations(
        &self,
        owner: Owner,
        search: &ConversationSearch,
    ) -> Result<Page<FoundConversation, ConversationCursor>, StoreError> {
        self.enter("search_conversations").await?;
        let state = self.state();
        let own = state.conversations.values().flatten();
        let mut found: Vec<FoundConversation> = own
            .filter(|stored| stored.conversation.owner == owner)
            .filter_map(|stored| state.find(stored, &search.words))
            .filter(|found| !found.conversation.temporary)
            .filter(|found| {
                let wanted = search.pinned;
                wanted.is_none_or(|wanted| found.conversation.pinned == wanted)
            })
            .collect();
        found.sort_by_key(|found| Reverse(place_of(found)));
        let after = search.page.after.as_ref();
        let rest = found.into_iter().filter(|found| {
            after.is_none_or(|after| place_of(found) < (after.updated_at, after.id.clone()))
        });
        Ok(first_page(rest, search.page.limit, |last| {
            let (updated_at, id) = place_of(last);
            ConversationCursor { updated_at, id }
        }))
    }

    async fn index_pending(&self, limit: u32) -> Result<u64, StoreError> {
        self.enter("index_pending").await?;
        let mut state = self.state();
        let pending = std::mem::take(&mut state.search_pending);
        let mut left = limit;
        for text in pending {
            if left == 0 || state.is_running(&text) {
                state.search_pending.push(text);
            } else {
                left -= 1;
            }
        }
        Ok((limit - left).into())
    }

    async fn index_older_conversations(&self, _limit: u32) -> Result<u64, StoreError> {
        self.enter("index_older_conversations").await?;
        Ok(0)
    }
}

fn place_of(found: &FoundConversation) -> (latchkey_domain::Timestamp, ConversationId) {
    let conversation = &found.conversation;
    (conversation.updated_at, conversation.id.clone())
}

impl State {
    fn find(&self, stored: &StoredConversation, words: &SearchWords) -> Option<FoundConversation> {
        let has_words = |message: Option<MessageId>, text: &str| {
            has_all(text, words) && !self.is_pending(&stored.conversation, message)
        };
        let message = stored.messages.iter().rev().find(|message| {
            message.status != MessageStatus::Streaming && has_words(Some(message.id), &message.text)
        });
        let title = stored.conversation.title.as_deref();
        let title = title.filter(|title| has_words(None, title));
        let text = message.map(|message| message.text.as_str()).or(title)?;
        Some(FoundConversation {
            conversation: stored.conversation.clone(),
            message: message.map(|message| message.id),
            snippet: Snippet::of(text, words),
        })
    }

    fn is_pending(&self, conversation: &Conversation, text: Option<MessageId>) -> bool {
        let mut pending = self.search_pending.iter();
        pending.any(|(owner, id, waits)| {
            (owner, id, waits) == (&conversation.owner, &conversation.id, &text)
        })
    }

    /// Whether this is an answer that has not ended.
    fn is_running(
        &self,
        (owner, conversation, message): &(Owner, ConversationId, Option<MessageId>),
    ) -> bool {
        let stored = self.conversation(*owner, conversation);
        let message = message.and_then(|id| stored?.message(id));
        message.is_some_and(|message| message.status == MessageStatus::Streaming)
    }
}

fn has_all(text: &str, words: &SearchWords) -> bool {
    let found = indexed_words(text);
    !words.is_empty()
        && words
            .iter()
            .all(|wanted| found.iter().any(|word| wanted.matches(word)))
}
