//! What the reader of an answer gets, and how a run learns that the reader left.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
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
    /// The user's message as saved, which may be an older one; `None` for anonymous callers.
    pub user_message: Option<Message>,
    /// The answer's id.
    pub answer: MessageId,
    /// Which key pays; `None` for an answer that no call here made.
    pub receipt: Option<KeyReceipt>,
    /// What comes.
    pub updates: AnswerUpdates,
    /// How the caller's limit stands, if something was taken from one.
    pub limit: Option<LimitState>,
}

impl StartedAnswer {
    /// Waits for the end and leaves the events aside. `None` if the run died without an end (a fault of the program), or
    /// if who waits has `left`: the run then learns that its reader is gone.
    pub async fn finish(mut self, left: &ReaderLeft) -> Option<EndedAnswer> {
        let end = async {
            while let Some(update) = self.updates.next().await {
                match update {
                    AnswerUpdate::Ended(end) => return Some(*end),
                    AnswerUpdate::Cut(_) => return None,
                    AnswerUpdate::Events(_) => {}
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
pub struct AnswerUpdates {
    receiver: mpsc::Receiver<AnswerUpdate>,
    given_up: Arc<AtomicBool>,
}

impl AnswerUpdates {
    /// The next update; `None` after the end.
    pub async fn next(&mut self) -> Option<AnswerUpdate> {
        let update = self.receiver.recv().await;
        self.or_why(update)
    }

    /// As [`next`](Self::next), for hand-written streams.
    pub fn poll_next(
        &mut self,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<AnswerUpdate>> {
        let update = self.receiver.poll_recv(context);
        update.map(|update| self.or_why(update))
    }

    /// The update, or instead of none that the reader was given up.
    fn or_why(&self, update: Option<AnswerUpdate>) -> Option<AnswerUpdate> {
        update.or_else(|| {
            let given_up = AtomicBool::swap(&self.given_up, false, Ordering::Relaxed);
            given_up.then_some(AnswerUpdate::Cut(AnswerFault::ReaderTooSlow))
        })
    }
}

/// One update.
#[derive(Debug)]
pub enum AnswerUpdate {
    /// Events of the provider, in order.
    Events(EventBatch),
    /// The end; always the last update.
    Ended(Box<EndedAnswer>),
    /// The last update to this reader, though the answer may go on.
    Cut(AnswerFault),
}

/// Events that came together, formatted once for all who get them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventBatch {
    /// Number of the first; the others follow without a gap.
    pub first_event: u64,
    /// How many there are.
    pub events: u64,
    /// The events with their numbers, as [`LlmEvent::write_to`] writes them.
    pub bytes: Bytes,
}

impl EventBatch {
    pub(super) fn format(first_event: u64, events: &[LlmEvent]) -> Self {
        const LABELS: usize = 48;
        let size = |event: &LlmEvent| event.name.len() + event.data.len() + LABELS;
        let mut bytes = Vec::with_capacity(events.iter().map(size).sum());
        for (number, event) in (first_event..).zip(events) {
            event.write_to(Some(number), &mut bytes);
        }
        Self {
            first_event,
            events: u64::try_from(events.len()).unwrap_or(u64::MAX),
            bytes: bytes.into(),
        }
    }
}

/// How an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The reader took nothing for too long.
    ReaderTooSlow,
    /// The end could not be saved yet. It is tried on; if the process dies meanwhile, what the journal has is saved as interrupted.
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

/// The other end of the channel to a reader.
pub(super) struct Reader {
    sender: Option<mpsc::Sender<AnswerUpdate>>,
    given_up: Arc<AtomicBool>,
}

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
        let given_up = Arc::new(AtomicBool::new(false));
        let reader = Self {
            sender: Some(sender),
            given_up: Arc::clone(&given_up),
        };
        (reader, AnswerUpdates { receiver, given_up })
    }

    /// Waits until the reader leaves; for ever if nobody reads.
    pub(super) async fn left(&self) {
        match &self.sender {
            Some(sender) => sender.closed().await,
            None => std::future::pending().await,
        }
    }

    /// Goes on without a reader.
    pub(super) fn let_go(&mut self) {
        self.sender = None;
    }

    /// Passes the last update on. A slow reader may take it later; nobody waits for that, the end of the server neither.
    pub(super) fn pass_last(self, update: AnswerUpdate, patience: Duration) {
        let Some(sender) = self.sender else {
            return;
        };
        if let Err(mpsc::error::TrySendError::Full(update)) = sender.try_send(update) {
            tokio::spawn(async move { sender.send_timeout(update, patience).await });
        }
    }

    /// Passes an update on, waiting for a slow reader at most `patience`.
    pub(super) async fn pass(&mut self, update: AnswerUpdate, patience: Duration) -> Passed {
        let Some(sender) = &self.sender else {
            return Passed::On;
        };
        match sender.send_timeout(update, patience).await {
            Ok(()) => return Passed::On,
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                AtomicBool::store(&self.given_up, true, Ordering::Relaxed);
            }
            Err(mpsc::error::SendTimeoutError::Closed(_)) => {}
        }
        self.sender = None;
        Passed::ReaderGone
    }
}
