//! The shared state of all in-memory stores.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use latchkey_domain::{
    StoreError,
    api_key::{ApiKey, CryptoState, DataKey},
    audit::AuditEvent,
    conversation::{
        BegunBefore, Conversation, ConversationId, Message, Once, OnceKeyMac, RunningAnswer,
    },
    id::{ApiKeyId, MessageId, PersonalTokenId, SessionId, UserId},
    owner::Owner,
    personal_token::PersonalToken,
    session::Session,
    share::Share,
    time::Timestamp,
    usage::UsageEvent,
    user::{ResetCode, User},
};

use super::Faults;
use crate::contracts::Stores;

/// A database in memory: implements every store. One method holds the one lock, so it is one transaction.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
    faults: Faults,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub users: BTreeMap<UserId, User>,
    pub reset_codes: Vec<ResetCode>,
    pub sessions: BTreeMap<SessionId, Session>,
    pub personal_tokens: BTreeMap<PersonalTokenId, PersonalToken>,
    pub api_keys: BTreeMap<ApiKeyId, ApiKey>,
    pub data_keys: Vec<DataKey>,
    pub keyring: Option<CryptoState>,
    /// `None` is a tombstone.
    pub conversations: HashMap<(Owner, ConversationId), Option<StoredConversation>>,
    pub shares: Vec<Share>,
    /// Messages and titles (`None`) of turns that can't be found yet.
    pub search_pending: Vec<(Owner, ConversationId, Option<MessageId>)>,
    pub running: BTreeMap<MessageId, RunningAnswer>,
    /// Keys of requests, each with the answer that began under it.
    pub once_keys: Vec<(Once, MessageId)>,
    pub journals: HashMap<MessageId, Vec<JournalPart>>,
    pub usage: Vec<UsageEvent>,
    pub audit: Vec<AuditEvent>,
}

/// A conversation with its messages, in the order in which they came.
#[derive(Debug)]
pub(super) struct StoredConversation {
    pub conversation: Conversation,
    pub messages: Vec<Message>,
}

#[derive(Debug)]
pub(super) struct JournalPart {
    pub first_event: u64,
    pub events: Vec<u8>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The faults that it shows.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Every port of this store.
    pub fn stores(self: &Arc<Self>) -> Stores {
        Stores {
            users: self.clone(),
            sessions: self.clone(),
            personal_tokens: self.clone(),
            api_keys: self.clone(),
            data_keys: self.clone(),
            conversations: self.clone(),
            search: self.clone(),
            shares: self.clone(),
            archive: self.clone(),
            answers: self.clone(),
            usage: self.clone(),
            audit: self.clone(),
            guard: Box::new(()),
        }
    }

    /// All rows of the ledger, in the order in which they came.
    pub fn usage_events(&self) -> Vec<UsageEvent> {
        self.state().usage.clone()
    }

    /// All lines of the audit, in the order in which they came.
    pub fn audit_events(&self) -> Vec<AuditEvent> {
        self.state().audit.clone()
    }

    /// Everything that is stored, as text: to look for what must not be.
    pub fn dump(&self) -> String {
        let state = self.state();
        let texts = state.conversations.values().flatten().flat_map(|stored| {
            let contents = stored.messages.iter();
            contents.map(|message| message.content.as_str())
        });
        let texts: Vec<&str> = texts.collect();
        let blobs: Vec<_> = state
            .api_keys
            .values()
            .map(|key| &key.sealed.blob)
            .collect();
        let emails: Vec<_> = state
            .users
            .values()
            .map(|user| user.email.as_str())
            .collect();
        format!("{state:?}\n{texts:?}\n{blobs:x?}\n{emails:?}")
    }

    /// Begins a method: waits or fails if the test wants it so.
    pub(super) async fn enter(&self, method: &str) -> Result<(), StoreError> {
        self.faults.enter(method).await
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What a foreign key does: a thing of nobody isn't stored.
    pub fn require_owner(&self, owner: Owner) -> Result<(), StoreError> {
        match owner {
            Owner::User(user) if self.users.contains_key(&user) => Ok(()),
            Owner::User(_) => Err(StoreError::Internal("no such account".into())),
            Owner::Team(_) => Err(StoreError::Internal("no such team".into())),
        }
    }

    /// The conversation of `owner` with this id, unless it was deleted.
    pub fn conversation(&self, owner: Owner, id: &ConversationId) -> Option<&StoredConversation> {
        self.conversations.get(&(owner, id.clone()))?.as_ref()
    }

    /// Ends all that runs in the conversation and leaves a tombstone; `false` if there is none.
    pub fn bury_conversation(&mut self, owner: Owner, id: &ConversationId) -> bool {
        let Some(buried) = self
            .conversations
            .get_mut(&(owner, id.clone()))
            .and_then(Option::take)
        else {
            return false;
        };
        self.shares
            .retain(|share| share.owner != owner || share.conversation != *id);
        for message in buried.messages {
            self.end_running(message.id);
        }
        true
    }

    /// What began under this key of the user's, unless it is free at `now`.
    pub fn begun(&self, user: UserId, key: OnceKeyMac, now: Timestamp) -> Option<BegunBefore> {
        let mut keys = self.once_keys.iter();
        let (once, answer) = keys.find(|(once, _)| {
            once.user == user && once.named.key == key && once.expires_at > now
        })?;
        Some(BegunBefore {
            request: once.named.request,
            answer: *answer,
        })
    }

    /// Takes a key for `answer`.
    pub fn take_key(&mut self, once: Once, answer: MessageId) {
        self.once_keys
            .retain(|(taken, _)| (taken.user, taken.named.key) != (once.user, once.named.key));
        self.once_keys.push((once, answer));
    }

    /// Takes an answer's lease and journal away.
    pub fn end_running(&mut self, message: MessageId) {
        self.running.remove(&message);
        self.journals.remove(&message);
    }
}
