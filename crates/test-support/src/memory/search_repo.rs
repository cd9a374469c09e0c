//! The search in memory: every text is looked through.

use std::cmp::Reverse;

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    conversation::{ConversationCursor, MessageStatus},
    owner::Owner,
    page::Page,
    search::{
        ConversationSearch, FoundConversation, SearchRepo, SearchWords, Snippet, indexed_words,
    },
};

use super::{MemoryStore, first_page, store::StoredConversation};

#[async_trait]
impl SearchRepo for MemoryStore {
    async fn search_conversations(
        &self,
        owner: Owner,
        search: &ConversationSearch,
    ) -> Result<Page<FoundConversation, ConversationCursor>, StoreError> {
        self.enter("search_conversations").await?;
        let state = self.state();
        let own = state
            .conversations
            .iter()
            .filter(|((of, _), _)| *of == owner);
        let mut found: Vec<FoundConversation> = own
            .filter_map(|(_, stored)| stored.as_ref()?.find(&search.words))
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

    async fn index_older_conversations(&self, _limit: u32) -> Result<u64, StoreError> {
        self.enter("index_older_conversations").await?;
        Ok(0)
    }
}

fn place_of(
    found: &FoundConversation,
) -> (
    latchkey_domain::Timestamp,
    latchkey_domain::conversation::ConversationId,
) {
    let conversation = &found.conversation;
    (conversation.updated_at, conversation.id.clone())
}

impl StoredConversation {
    fn find(&self, words: &SearchWords) -> Option<FoundConversation> {
        let ended = |message: &&latchkey_domain::conversation::Message| {
            message.status != MessageStatus::Streaming && has_all(&message.text, words)
        };
        let message = self.messages.iter().rev().find(ended);
        let title = self.conversation.title.as_deref();
        let title = title.filter(|title| has_all(title, words));
        let text = message.map(|message| message.text.as_str()).or(title)?;
        Some(FoundConversation {
            conversation: self.conversation.clone(),
            message: message.map(|message| message.id),
            snippet: Snippet::of(text, words),
        })
    }
}

fn has_all(text: &str, words: &SearchWords) -> bool {
    let found = indexed_words(text);
    !words.is_empty()
        && words
            .iter()
            .all(|wanted| found.iter().any(|word| wanted.matches(word)))
}
