//! Conversations and their messages in memory.

use std::cmp::Reverse;

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    conversation::{
        Branch, BranchEnd, BranchLeaf, Conversation, ConversationChange, ConversationCursor,
        ConversationId, ConversationLookup, ConversationQuery, ConversationRepo,
        InsertConversationError, Message, PathMessage, TEMPORARY_FOR, UpdateConversationError,
    },
    id::MessageId,
    llm::Turn,
    owner::Owner,
    page::{Page, PageRequest},
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
            .filter(|conversation| !conversation.temporary)
            .filter(|conversation| {
                query
                    .pinned
                    .is_none_or(|wanted| conversation.pinned == wanted)
            })
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
    ) -> Result<Option<Conversation>, UpdateConversationError> {
        self.enter("update_conversation").await?;
        let mut state = self.state();
        let Some(Some(stored)) = state.conversations.get_mut(&(owner, id.clone())) else {
            return Ok(None);
        };
        let newest = |shown| {
            let leaf = stored.newest_below(shown);
            leaf.ok_or(UpdateConversationError::UnknownMessage)
        };
        let leaf = change.shown.map(newest).transpose()?;
        let conversation = &mut stored.conversation;
        conversation.shown_leaf = leaf.or(conversation.shown_leaf);
        replace(&mut conversation.title, change.title.as_ref());
        replace(&mut conversation.model, change.model.as_ref());
        replace(&mut conversation.system, change.system.as_ref());
        replace(&mut conversation.key, change.key.as_ref());
        conversation.pinned = change.pinned.unwrap_or(conversation.pinned);
        conversation.temporary &= !change.keep;
        if !change.only_pins() {
            conversation.updated_at = at;
        }
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

    async fn list_shown_page(
        &self,
        owner: Owner,
        id: &ConversationId,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<PathMessage, MessageId>, StoreError> {
        self.enter("list_shown_page").await?;
        let state = self.state();
        let Some(stored) = state.conversation(owner, id) else {
            return Ok(first_page(
                std::iter::empty(),
                page.limit,
                |_| unreachable!(),
            ));
        };
        let end = match page.after {
            None => stored.conversation.shown_leaf,
            Some(after) => stored.message(after).and_then(|after| after.parent),
        };
        let path = end.map(|end| stored.path_to(end)).unwrap_or_default();
        let upwards = path.into_iter().rev().map(|message| stored.place(message));
        let mut page = first_page(upwards, page.limit, |oldest| oldest.message.id);
        page.items.reverse();
        Ok(page)
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

    /// The message that was stored last of `top` and all below it.
    fn newest_below(&self, top: MessageId) -> Option<MessageId> {
        let below = |message: &&Message| self.path_to(message.id).iter().any(|m| m.id == top);
        self.messages
            .iter()
            .rev()
            .find(below)
            .map(|message| message.id)
    }

    fn place(&self, message: &Message) -> PathMessage {
        let siblings = self
            .messages
            .iter()
            .filter(|other| other.parent == message.parent);
        let siblings: Vec<MessageId> = siblings.map(|other| other.id).collect();
        let index = siblings.iter().position(|other| *other == message.id);
        let index = index.expect("a message is its own sibling");
        PathMessage {
            message: message.clone(),
            sibling_index: u32::try_from(index).expect("few siblings"),
            sibling_count: u32::try_from(siblings.len()).expect("few siblings"),
            previous_sibling: index
                .checked_sub(1)
                .and_then(|before| siblings.get(before).copied()),
            next_sibling: siblings.get(index + 1).copied(),
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
            let temporary = stored.conversation.temporary.then_some(TEMPORARY_FOR);
            let mut kept_for = retention.into_iter().chain(temporary);
            kept_for.any(|kept| stored.conversation.updated_at < now.minus(kept))
        });
        idle.map(|stored| (stored.conversation.owner, stored.conversation.id.clone()))
            .collect()
    }
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
