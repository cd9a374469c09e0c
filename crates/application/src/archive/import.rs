//! Taking over what other services exported.

use std::sync::Arc;

use latchkey_domain::{
    Owner, StoreError, Timestamp,
    archive::{
        ImportedConversation, LeftOut, ListItem, ListSplitter, NotAList, SkipReason,
        StoreImportedError, Stored,
    },
    audit::AuditAction,
    conversation::{Conversation, Message, MessageStatus, title_from_text},
    rate_limit::{LimitName, LimitReached, RateLimiterError},
};

use super::Archive;
use crate::{Actor, Ports, limits};

/// Most bytes of one conversation in an export.
pub const MAX_IMPORTED_CONVERSATION: usize = 16 * 1024 * 1024;
/// How many skipped conversations are named.
const MAX_NAMED: usize = 1_000;
/// So many items of an unknown form are enough to see that the file is another one, if none before was a conversation.
const MAX_FOREIGN: u64 = 100;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Conversations that are new.
    pub imported: u64,
    /// Conversations that were there and got more messages.
    pub updated: u64,
    /// Conversations that were there with all their messages.
    pub unchanged: u64,
    /// Messages that were stored.
    pub messages: u64,
    /// How many conversations were passed over.
    pub skipped_count: u64,
    /// The first of them.
    pub skipped: Vec<Skipped>,
    /// What of the new conversations is not taken over as it was, how often.
    pub left_out: LeftOut,
}

/// A conversation that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in the export, from 0.
    pub index: u64,
    /// Its title, if that could be read.
    pub title: Option<String>,
    /// Why.
    pub reason: SkipReason,
}

/// Why an import did not go on. What was taken over until then stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no list.
    #[error(transparent)]
    NotAList(#[from] NotAList),
    /// It is a list of something else.
    #[error("nothing in the list is a conversation")]
    NoConversations,
    /// A limit is reached.
    #[error(transparent)]
    LimitReached(#[from] LimitReached),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<RateLimiterError> for ImportError {
    fn from(error: RateLimiterError) -> Self {
        match error {
            RateLimiterError::Reached(reached) => Self::LimitReached(reached),
            RateLimiterError::Store(error) => Self::Store(error),
        }
    }
}

/// An import that is going on.
pub struct Import {
    ports: Arc<Ports>,
    actor: Actor,
    owner: Owner,
    splitter: ListSplitter,
    index: u64,
    foreign: u64,
    report: ImportReport,
}

impl Archive {
    /// Begins to take over an export.
    ///
    /// # Errors
    /// [`ImportError::LimitReached`].
    pub async fn begin_import(&self, actor: &Actor) -> Result<Import, ImportError> {
        let subject = limits::user(actor.user.id);
        let limiter = &self.ports.limiter;
        limiter.take(LimitName::Imports, &subject).await?;
        Ok(Import {
            ports: Arc::clone(&self.ports),
            owner: actor.owner(),
            actor: actor.clone(),
            splitter: ListSplitter::new(MAX_IMPORTED_CONVERSATION),
            index: 0,
            foreign: 0,
            report: ImportReport::default(),
        })
    }
}

impl Import {
    /// Takes over the conversations that end in the next piece of the export. Each is stored as a whole or passed over, and what is there already
    /// isn't stored again: an import that broke off can simply be run again, and two may run at the same time.
    ///
    /// # Errors
    /// [`ImportError::NotAList`], [`ImportError::NoConversations`]; the import is over then.
    pub async fn push(&mut self, piece: &[u8]) -> Result<(), ImportError> {
        let (items, outcome) = self.splitter.push(piece);
        for item in items {
            self.take_over(item).await?;
            self.index = self.index.saturating_add(1);
            if self.foreign >= MAX_FOREIGN && self.is_all_foreign() {
                return Err(ImportError::NoConversations);
            }
        }
        Ok(outcome?)
    }

    /// Says that nothing more comes; gives what was done.
    ///
    /// # Errors
    /// [`ImportError::NotAList`] when the export breaks off, [`ImportError::NoConversations`] when it is a list of something else.
    pub fn finish(self) -> Result<ImportReport, ImportError> {
        self.splitter.finish()?;
        if self.foreign > 0 && self.is_all_foreign() {
            return Err(ImportError::NoConversations);
        }
        Ok(self.report)
    }

    fn is_all_foreign(&self) -> bool {
        self.foreign == self.index
    }

    async fn take_over(&mut self, item: ListItem) -> Result<(), ImportError> {
        let ListItem::Whole(item) = item else {
            self.skip(None, SkipReason::TooLarge);
            return Ok(());
        };
        match self.ports.import_format.read(self.owner, &item) {
            Ok(conversation) if self.is_too_old(&conversation) => {
                self.skip(conversation.title, SkipReason::TooOld);
            }
            Ok(conversation) => {
                drop(item);
                self.store(conversation).await?;
            }
            Err(not) => {
                if not.reason == SkipReason::UnknownForm {
                    self.foreign = self.foreign.saturating_add(1);
                }
                self.skip(not.title, not.reason);
            }
        }
        Ok(())
    }

    /// Whether its owner's retention would take it away at once, and its id with it.
    fn is_too_old(&self, conversation: &ImportedConversation) -> bool {
        let changed_at = conversation.updated_at.or(conversation.created_at);
        let retention = self.actor.user.settings.retention();
        changed_at
            .zip(retention)
            .is_some_and(|(changed_at, kept)| changed_at.plus(kept) <= self.ports.clock.now())
    }

    async fn store(&mut self, mut imported: ImportedConversation) -> Result<(), ImportError> {
        let left_out = std::mem::take(&mut imported.left_out);
        let title = imported.title.clone();
        let (conversation, messages) = as_stored(imported, self.owner, self.ports.clock.now());
        let archive = &self.ports.archive;
        let added = match archive.store_imported(&conversation, &messages).await {
            Ok(Stored::New) => {
                count(&mut self.report.imported, 1);
                for (what, often) in left_out {
                    count(self.report.left_out.entry(what).or_default(), often);
                }
                messages.len()
            }
            Ok(Stored::Grown(by)) => {
                count(&mut self.report.updated, 1);
                by
            }
            Ok(Stored::Unchanged) => {
                count(&mut self.report.unchanged, 1);
                return Ok(());
            }
            Err(StoreImportedError::Deleted) => {
                self.skip(title, SkipReason::Deleted);
                return Ok(());
            }
            Err(StoreImportedError::IdTaken) => {
                self.skip(title, SkipReason::IdTaken);
                return Ok(());
            }
            Err(StoreImportedError::Store(error)) => return Err(error.into()),
        };
        let is_first = self.report.messages == 0;
        let added = u64::try_from(added).unwrap_or(u64::MAX);
        count(&mut self.report.messages, added);
        if is_first {
            // One line for an import, also for one that breaks off later.
            let (action, user) = (AuditAction::ConversationsImported, self.actor.user.id);
            self.ports.audit(Some(user), self.owner, action, user).await;
        }
        Ok(())
    }

    fn skip(&mut self, title: Option<String>, reason: SkipReason) {
        count(&mut self.report.skipped_count, 1);
        if self.report.skipped.len() < MAX_NAMED {
            self.report.skipped.push(Skipped {
                index: self.index,
                title,
                reason,
            });
        }
    }
}

fn count(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more);
}

/// The conversation as it is stored: it costs nothing, and no instant of it is in the future.
fn as_stored(
    imported: ImportedConversation,
    owner: Owner,
    now: Timestamp,
) -> (Conversation, Vec<Message>) {
    let created_at = imported.created_at.unwrap_or(now).min(now);
    let last = imported.messages.last().map(|message| message.id);
    let first = imported.messages.as_slice().first();
    let of_first_text = first.and_then(|message| title_from_text(&message.text));
    let conversation = Conversation {
        owner,
        id: imported.id,
        title: imported.title.or(of_first_text),
        model: None,
        system: None,
        key: None,
        pinned: false,
        temporary: false,
        shown_leaf: imported.shown.or(last),
        created_at,
        updated_at: imported.updated_at.unwrap_or(created_at).min(now),
    };
    let written_at = |at: Option<Timestamp>| at.unwrap_or(created_at).min(now);
    let messages = imported.messages.into_iter().map(|message| Message {
        id: message.id,
        conversation: conversation.id.clone(),
        parent: message.parent,
        role: message.role,
        content: message.content,
        next_turn: message.next_turn,
        text: message.text,
        status: MessageStatus::Complete,
        status_detail: None,
        model: message.model,
        stop_reason: None,
        created_at: written_at(message.created_at),
        completed_at: Some(written_at(message.created_at)),
        usage: None,
        cost: None,
        key: None,
    });
    let messages = messages.collect();
    (conversation, messages)
}
