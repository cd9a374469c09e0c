//! Re-attaches to an answer: what has come, what comes, and how it ends, whichever process writes it.
//!
//! A listener has a place in the sequence of events. What this process still holds it takes from the answer's feed, what
//! came before from the journal, so that a slow one costs no memory. Of an answer that another process writes there is
//! only the journal, which is looked at again and again. With the end the journal goes: whoever has not got all events by
//! then gets the end, which has the whole answer.

use std::sync::Arc;

use latchkey_domain::{
    conversation::{ConversationId, MessageStatus},
    id::MessageId,
    llm::TurnRole,
    owner::Owner,
};
use tokio::sync::watch;

use super::{
    AnswerFault, AnswerUpdate, Chat, ChatError, EndedAnswer, EventBatch, StartedAnswer,
    ending::stored_fault,
    feed::{Feed, Found},
    reader::{Passed, Reader},
    running::StopSignal,
    sign_in_watch::SignInWatch,
};
use crate::Actor;

/// How many parts of a journal are read at once: with those of usual size some 256 KiB.
const PARTS_AT_ONCE: u32 = 64;

/// The reader left, or took nothing for too long.
struct Gone;

/// One listener to one answer.
struct Listener {
    chat: Chat,
    owner: Owner,
    conversation: ConversationId,
    message: MessageId,
    /// The number of the next event.
    next: u64,
    reader: Reader,
}

/// A feed that keeps what comes from now on, because somebody listens.
struct Following {
    feed: Arc<Feed>,
    changed: watch::Receiver<()>,
}

impl Following {
    fn begin(feed: Arc<Feed>) -> Self {
        let changed = feed.subscribe();
        Self { feed, changed }
    }
}

impl Chat {
    /// Listens to an answer from event `from` on. Of one that has ended there is only the end.
    ///
    /// Neither this listener nor that it leaves has any effect on the answer.
    ///
    /// # Errors
    /// [`ChatError::NotFound`] when there is no such message, [`ChatError::NotAnAnswer`] when it is none.
    pub async fn listen(
        &self,
        actor: &Actor,
        conversation: &ConversationId,
        message: MessageId,
        from: u64,
    ) -> Result<StartedAnswer, ChatError> {
        // First the feed, then the store: an answer that ends in between is found ended.
        let feed = self.running.feed(message).map(Following::begin);
        let owner = actor.owner();
        let conversations = &self.ports.conversations;
        let found = conversations.find_message(owner, conversation, message);
        let answer = found.await?.ok_or(ChatError::NotFound)?.message;
        if answer.role != TurnRole::Assistant {
            return Err(ChatError::NotAnAnswer);
        }
        let asked = match answer.parent {
            Some(asked) => {
                conversations
                    .find_message(owner, conversation, asked)
                    .await?
            }
            None => None,
        };
        let (reader, updates) = Reader::new();
        let listener = Listener {
            chat: self.clone(),
            owner,
            conversation: conversation.clone(),
            message,
            next: from,
            reader,
        };
        let signal = StopSignal::new();
        let by = actor.credential_key();
        let watch = SignInWatch::start(&self.ports, &self.policy, by, signal.clone());
        tokio::spawn(async move {
            listener.run(feed, &signal).await;
            drop(watch);
        });
        Ok(StartedAnswer {
            conversation: answer.conversation,
            user_message: asked.map(|asked| asked.message),
            answer: message,
            receipt: answer.key,
            updates,
            limit: None,
        })
    }
}

impl Listener {
    async fn run(mut self, feed: Option<Following>, sign_in_ended: &StopSignal) {
        let last = tokio::select! {
            last = self.follow(feed) => last,
            _ = sign_in_ended.wait() => Ok(AnswerUpdate::Cut(AnswerFault::SessionEnded)),
        };
        if let Ok(last) = last {
            let patience = self.chat.policy.slow_reader;
            self.reader.pass_last(last, patience);
        }
    }

    async fn follow(&mut self, feed: Option<Following>) -> Result<AnswerUpdate, Gone> {
        if let Some(feed) = feed
            && let Some(end) = self.follow_feed(feed).await?
        {
            return Ok(AnswerUpdate::Ended(end));
        }
        self.follow_store().await
    }

    /// Follows an answer that this process writes; `None` when how it ended stands in the store alone.
    async fn follow_feed(
        &mut self,
        Following { feed, mut changed }: Following,
    ) -> Result<Option<Box<EndedAnswer>>, Gone> {
        loop {
            changed.borrow_and_update();
            let more = match feed.read(self.next) {
                Found::Events(batch) => {
                    self.pass(batch).await?;
                    true
                }
                // Where nothing is any more, the answer is about to end.
                Found::InJournal => self.pass_journal().await?,
                Found::NotYet => false,
                Found::Over(end) => return Ok(end),
            };
            if !more {
                tokio::select! {
                    _ = changed.changed() => {}
                    () = self.reader.left() => return Err(Gone),
                }
            }
        }
    }

    /// Follows an answer that another process writes, or that has ended.
    async fn follow_store(&mut self) -> Result<AnswerUpdate, Gone> {
        loop {
            let conversations = &self.chat.ports.conversations;
            let found = conversations.find_message(self.owner, &self.conversation, self.message);
            match found.await {
                Ok(Some(found)) if found.message.status != MessageStatus::Streaming => {
                    let message = found.message;
                    let fault = stored_fault(&message);
                    return Ok(AnswerUpdate::Ended(Box::new(EndedAnswer {
                        message,
                        fault,
                    })));
                }
                Ok(Some(_)) => while self.pass_journal().await? {},
                Ok(None) => return Ok(AnswerUpdate::Cut(AnswerFault::AnswerGone)),
                Err(error) => {
                    tracing::warn!(message = %self.message, %error, "an answer can't be followed for now");
                }
            }
            if self.chat.running.is_draining() {
                return Ok(AnswerUpdate::Cut(AnswerFault::ServerStopping));
            }
            tokio::select! {
                () = tokio::time::sleep(self.chat.policy.journal_poll) => {}
                () = self.reader.left() => return Err(Gone),
            }
        }
    }

    /// Passes on what the journal has from here; `false` if that is nothing.
    async fn pass_journal(&mut self) -> Result<bool, Gone> {
        let answers = &self.chat.ports.answers;
        let read = answers.read_journal(self.message, self.next, PARTS_AT_ONCE);
        match read.await {
            Ok((first, events)) => {
                let batch = EventBatch::of_journal(first, events, self.next);
                let is_some = batch.events > 0 && batch.first_event == self.next;
                if is_some {
                    self.pass(batch).await?;
                }
                Ok(is_some)
            }
            Err(error) => {
                tracing::warn!(message = %self.message, %error, "a journal can't be read for now");
                tokio::time::sleep(self.chat.policy.journal_poll).await;
                Ok(false)
            }
        }
    }

    async fn pass(&mut self, batch: EventBatch) -> Result<(), Gone> {
        let next = batch.next_event();
        let patience = self.chat.policy.slow_reader;
        match self
            .reader
            .pass(AnswerUpdate::Events(batch), patience)
            .await
        {
            Passed::On => {
                self.next = next;
                Ok(())
            }
            Passed::ReaderGone => Err(Gone),
        }
    }
}
