//! Conversations and their messages in memory.

use std::cmp::Reverse;

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    conversation::{
        Branch, BranchEnd, BranchLeaf, Conversation, ConversationChange, ConversationCursor,
        ConversationId, ConversationLookup, ConversationQuery, ConversationRepo,
        InsertConversationError, Message, PathMessage,
    },
    id::MessageId,
    llm::Turn,
    owner::Owner,
    page::Page,
    time::Timestamp,
};

use super::{
    MemoryStore, count, first_page,
    store::{State, StoredConversation},
};

#[async_trait]
impl ConversationRepo for MemoryStore {
    async fn insert_conversation(
        &self,
        conversation: &Conversation,
    ) -> Result<(), InsertConversationError> {
        self.enter("insert_conversation").await?;
        let mut state = self.state();
        state.require_owner(conversation.owner)?;
        let key = (conversation.owner, conversation.id.clone());
        if state.conversations.contains_key(&key) {
            return Err(InsertConversationError::IdTaken);
        }
        let stored = StoredConversation::empty(conversation.clone());
        state.conversations.insert(key, Some(stored));
        Ok(())
    }

    async fn find_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<ConversationLookup, StoreError> {
        self.enter("find_conversation").await?;
        let state = self.state();
        Ok(match state.conversations.get(&(owner, id.clone())) {
            None => ConversationLookup::Unknown,
            Some(None) => ConversationLookup::Deleted,
            Some(Some(stored)) => ConversationLookup::Found(stored.conversation.clone()),
        })
    }

    async fn list_conversations(
        &self,
        owner: Owner,
        query: &ConversationQuery,
    ) -> Result<Page<Conversation, ConversationCursor>, StoreError> {
        self.enter("list_conversations").await?;
        let state = self.state();
        let own = state
            .conversations
            .iter()
            .filter(|((of, _), _)| *of == owner);
        let mut found: Vec<&Conversation> = own
            .filter_map(|(_, stored)| Some(&stored.as_ref()?.conversation))
            .filter(|conversation| title_matches(conversation, query.title_contains.as_deref()))
            .collect();
        found.sort_by_key(|conversation| Reverse((conversation.updated_at, &conversation.id)));
        let after = |conversation: &&Conversation| {
            query.page.after.as_ref().is_none_or(|cursor| {
                (conversation.updated_at, &conversation.id) < (cursor.updated_at, &cursor.id)
            })
        };
        let rest = found.into_iter().filter(after).cloned();
        Ok(first_page(rest, query.page.limit, |last| {
            ConversationCursor {
                updated_at: last.updated_at,
                id: last.id.clone(),
            }
        }))
    }

    async fn update_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
        change: &ConversationChange,
        at: Timestamp,
    ) -> Result<Option<Conversation>, StoreError> {
        self.enter("update_conversation").await?;
        let mut state = self.state();
        let Some(Some(stored)) = state.conversations.get_mut(&(owner, id.clone())) else {
            return Ok(None);
        };
        let conversation = &mut stored.conversation;
        replace(&mut conversation.title, change.title.as_ref());
        replace(&mut conversation.model, change.model.as_ref());
        replace(&mut conversation.system, change.system.as_ref());
        replace(&mut conversation.key, change.key.as_ref());
        conversation.updated_at = at;
        Ok(Some(conversation.clone()))
    }

    async fn delete_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
        _at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.enter("delete_conversation").await?;
        Ok(self.state().bury_conversation(owner, id))
    }

    async fn delete_idle_conversations(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.enter("delete_idle_conversations").await?;
        let mut state = self.state();
        let mut idle = state.idle_conversations(now);
        idle.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        for (owner, id) in &idle {
            state.bury_conversation(*owner, id);
        }
        Ok(count(idle.len()))
    }

    async fn list_shown_path(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<Vec<PathMessage>, StoreError> {
        self.enter("list_shown_path").await?;
        let state = self.state();
        let path = state.conversation(owner, id).map(|stored| {
            let leaf = stored.conversation.shown_leaf;
            let path = leaf.map(|leaf| stored.path_to(leaf)).unwrap_or_default();
            path.into_iter()
                .map(|message| stored.place(message))
                .collect()
        });
        Ok(path.unwrap_or_default())
    }

    async fn find_branch(
        &self,
        owner: Owner,
        id: &ConversationId,
        end: BranchEnd,
    ) -> Result<Branch, StoreError> {
        self.enter("find_branch").await?;
        let state = self.state();
        let stored = match state.conversations.get(&(owner, id.clone())) {
            None => return Ok(Branch::empty(ConversationLookup::Unknown)),
            Some(None) => return Ok(Branch::empty(ConversationLookup::Deleted)),
            Some(Some(stored)) => stored,
        };
        let leaf = match end {
            BranchEnd::ShownLeaf => stored.conversation.shown_leaf,
            BranchEnd::Message(leaf) => Some(leaf),
            BranchEnd::Root => None,
        };
        let path = leaf.map(|leaf| stored.path_to(leaf)).unwrap_or_default();
        Ok(Branch {
            conversation: ConversationLookup::Found(stored.conversation.clone()),
            leaf: path.last().map(|leaf| BranchLeaf {
                id: leaf.id,
                status: leaf.status,
            }),
            turns: path.into_iter().filter_map(as_turn).collect(),
        })
    }

    async fn find_message(
        &self,
        owner: Owner,
        id: &ConversationId,
        message: MessageId,
    ) -> Result<Option<PathMessage>, StoreError> {
        self.enter("find_message").await?;
        let state = self.state();
        let found = state.conversation(owner, id).and_then(|stored| {
            let message = stored.message(message)?;
            Some(stored.place(message))
        });
        Ok(found)
    }
}

impl StoredConversation {
    pub fn empty(conversation: Conversation) -> Self {
        Self {
            conversation,
            messages: Vec::new(),
        }
    }

    pub fn message(&self, id: MessageId) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// From the root to `leaf`; empty if there is no such message.
    fn path_to(&self, leaf: MessageId) -> Vec<&Message> {
        let leaf = self.message(leaf);
        let parent = |message: &&Message| message.parent.and_then(|id| self.message(id));
        let mut path: Vec<_> = std::iter::successors(leaf, parent).collect();
        path.reverse();
        path
    }

    fn place(&self, message: &Message) -> PathMessage {
        let siblings = self
            .messages
            .iter()
            .filter(|other| other.parent == message.parent);
        let mut siblings: Vec<_> = siblings.map(|other| (other.created_at, other.id)).collect();
        siblings.sort_unstable();
        let index = siblings.partition_point(|other| *other < (message.created_at, message.id));
        PathMessage {
            message: message.clone(),
            sibling_index: u32::try_from(index).expect("few siblings"),
            sibling_count: u32::try_from(siblings.len()).expect("few siblings"),
        }
    }
}

impl State {
    fn idle_conversations(&self, now: Timestamp) -> Vec<(Owner, ConversationId)> {
        let all = self.conversations.values().flatten();
        let idle = all.filter(|stored| {
            let owner = stored.conversation.owner.user_id();
            let user = owner.and_then(|user| self.users.get(&user));
            let retention = user.and_then(|user| user.settings.retention());
            retention.is_some_and(|kept| stored.conversation.updated_at < now.minus(kept))
        });
        idle.map(|stored| (stored.conversation.owner, stored.conversation.id.clone()))
            .collect()
    }
}

fn title_matches(conversation: &Conversation, search: Option<&str>) -> bool {
    search.is_none_or(|search| {
        let title = conversation.title.as_deref();
        title.is_some_and(|title| title.to_lowercase().contains(&search.to_lowercase()))
    })
}

fn replace<T: Clone>(field: &mut Option<T>, change: Option<&Option<T>>) {
    if let Some(value) = change {
        field.clone_from(value);
    }
}

fn as_turn(message: &Message) -> Option<Turn> {
    let content = message.next_turn.as_ref().unwrap_or(&message.content);
    (!content.is_empty_array()).then(|| Turn {
        role: message.role,
        content: content.clone(),
        model: message.model.clone(),
    })
}
