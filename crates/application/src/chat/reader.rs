//! What the reader of an answer gets, and how a run learns that the reader left.

use std::time::Duration;

use latchkey_domain::{
    conversation::{ConversationId, KeyReceipt, Message},
    id::MessageId,
    llm::{LlmError, LlmEvent},
    rate_limit::LimitState,
};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Updates that wait for a reader at most, before the run waits for it.
const WAITING_UPDATES: usize = 32;

/// An answer that has begun: the provider's first event is there, and the user's message is durable.
#[derive(Debug)]
pub struct StartedAnswer {
    /// The conversation.
    pub conversation: ConversationId,
    /// The user's message as saved; `None` for anonymous callers.
    pub user_message: Option<Message>,
    /// The answer's id.
    pub answer: MessageId,
    /// Which key pays.
    pub receipt: KeyReceipt,
    /// What comes.
    pub updates: AnswerUpdates,
    /// How the caller's limit stands.
    pub limit: LimitState,
}

impl StartedAnswer {
    /// Waits for the end and leaves the events aside. `None` if the run died without an end (a fault of the program), or
    /// if who waits has `left`: the run then learns that its reader is gone.
    pub async fn finish(mut self, left: &ReaderLeft) -> Option<EndedAnswer> {
        let end = async {
            while let Some(update) = self.updates.next().await {
                if let AnswerUpdate::Ended(end) = update {
                    return Some(*end);
                }
            }
            None
        };
        tokio::select! {
            end = end => end,
            () = left.wait() => None,
        }
    }
}

/// The updates of a running answer. Dropping it tells the run that the reader left.
#[derive(Debug)]
pub struct AnswerUpdates(mpsc::Receiver<AnswerUpdate>);

impl AnswerUpdates {
    /// The next update; `None` after the end.
    pub async fn next(&mut self) -> Option<AnswerUpdate> {
        self.0.recv().await
    }

    /// As [`next`](Self::next), for hand-written streams.
    pub fn poll_next(
        &mut self,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<AnswerUpdate>> {
        self.0.poll_recv(context)
    }
}

/// One update.
#[derive(Debug)]
pub enum AnswerUpdate {
    /// Events of the provider, in order.
    Events(EventBatch),
    /// The end; always the last update.
    Ended(Box<EndedAnswer>),
}

/// Events that came together.
#[derive(Debug)]
pub struct EventBatch {
    /// Number of the first; the others follow without a gap.
    pub first_event: u64,
    /// The events.
    pub events: Vec<LlmEvent>,
}

/// How an answer ended.
#[derive(Debug)]
pub struct EndedAnswer {
    /// The answer as saved (for anonymous callers: as it would have been).
    pub message: Message,
    /// What went wrong, if something did. A user's stop is no fault.
    pub fault: Option<AnswerFault>,
}

/// What went wrong after an answer began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerFault {
    /// The provider broke off.
    Provider(LlmError),
    /// The reader's session ended.
    SessionEnded,
    /// The server is going down.
    ServerStopping,
    /// The conversation was deleted meanwhile, or another process took the answer over.
    AnswerGone,
    /// The end could not be saved; what came is in the journal, and will be saved as interrupted.
    NotSaved,
}

/// Learns that the one who asked has left, before there is anything to read.
#[derive(Debug, Clone, Default)]
pub struct ReaderLeft(CancellationToken);

/// Held while somebody waits; dropping it means that they left.
#[derive(Debug)]
pub struct ReaderGuard(DropGuard);

impl ReaderLeft {
    /// Nobody has left yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The guard to hold while waiting for [`Chat::send`](super::Chat::send).
    pub fn guard(&self) -> ReaderGuard {
        ReaderGuard(self.0.clone().drop_guard())
    }

    pub(super) async fn wait(&self) {
        self.0.cancelled().await;
    }
}

impl ReaderGuard {
    /// The wait is over and the reader is still there; from now on the updates tell.
    pub fn keep(self) {
        self.0.disarm();
    }
}

/// The run's end of the channel to its reader.
pub(super) struct Reader(Option<mpsc::Sender<AnswerUpdate>>);

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// The reader has it, or nobody reads.
    On,
    /// The reader left, or took nothing for too long.
    ReaderGone,
}

impl Reader {
    pub(super) fn new() -> (Self, AnswerUpdates) {
        let (sender, receiver) = mpsc::channel(WAITING_UPDATES);
        (Self(Some(sender)), AnswerUpdates(receiver))
    }

    /// Waits until the reader leaves; for ever if nobody reads.
    pub(super) async fn left(&self) {
        match &self.0 {
            Some(sender) => sender.closed().await,
            None => std::future::pending().await,
        }
    }

    /// Goes on without a reader.
    pub(super) fn let_go(&mut self) {
        self.0 = None;
    }

    /// Passes the last update on. A slow reader may take it later; nobody waits for that, the end of the server neither.
    pub(super) fn pass_last(self, update: AnswerUpdate, patience: Duration) {
        let Some(sender) = self.0 else {
            return;
        };
        if let Err(mpsc::error::TrySendError::Full(update)) = sender.try_send(update) {
            tokio::spawn(async move { sender.send_timeout(update, patience).await });
        }
    }

    /// Passes an update on, waiting for a slow reader at most `patience`.
    pub(super) async fn pass(&mut self, update: AnswerUpdate, patience: Duration) -> Passed {
        let Some(sender) = &self.0 else {
            return Passed::On;
        };
        if sender.send_timeout(update, patience).await.is_ok() {
            return Passed::On;
        }
        self.0 = None;
        Passed::ReaderGone
    }
}
