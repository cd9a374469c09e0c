//! The journal of a running answer: written beside the stream, so that no reader waits for a disk.

use std::{sync::Arc, time::Duration};

use latchkey_domain::{
    StoreError,
    conversation::{JournalEntry, JournalOutcome, LEASE},
    id::MessageId,
};
use tokio::task::AbortHandle;

use super::{
    EventBatch,
    feed::{Feed, Unwritten},
    running::{StopReason, StopSignal},
};
use crate::{Policy, Ports};

/// The longest wait after a journal that was not written. Well within the lease, which writing it renews.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The journal of one answer. Dropping it ends the writing; what isn't written yet is then the business of the
/// answer's end.
pub(super) struct Journal {
    feed: Arc<Feed>,
    writer: AbortHandle,
    full_at: usize,
}

impl Journal {
    /// Starts the journal of an answer whose lease is held. It renews the lease until it is dropped, and asks the run
    /// to stop when somebody wants that, or when the lease is lost.
    pub(super) fn start(
        ports: &Arc<Ports>,
        policy: &Arc<Policy>,
        message: MessageId,
        feed: &Arc<Feed>,
        signal: StopSignal,
    ) -> Self {
        let writer = Writer {
            ports: Arc::clone(ports),
            policy: Arc::clone(policy),
            feed: Arc::clone(feed),
            message,
            signal,
        };
        Self {
            feed: Arc::clone(feed),
            writer: tokio::spawn(writer.run()).abort_handle(),
            full_at: policy.journal_bytes,
        }
    }

    /// Notes events; they are written within the journal's interval, and whoever listens has them at once.
    pub(super) fn note(&self, batch: &EventBatch) {
        if self.feed.push(batch.clone()) >= self.full_at {
            self.feed.full.notify_one();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.writer.abort();
    }
}

struct Writer {
    ports: Arc<Ports>,
    policy: Arc<Policy>,
    feed: Arc<Feed>,
    message: MessageId,
    signal: StopSignal,
}

impl Writer {
    async fn run(self) {
        let interval = self.policy.journal_interval;
        let mut wait = interval;
        loop {
            // A store that is away is not asked more often because more has come.
            let is_well = wait == interval;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.feed.full.notified(), if is_well => {}
            }
            let unwritten = self.feed.unwritten();
            let next_event = unwritten.next_event;
            let outcome = self.append(unwritten).await;
            if let Ok(JournalOutcome::Written { .. }) = outcome {
                self.feed.note_written(next_event);
                wait = interval;
            }
            match outcome {
                Ok(JournalOutcome::Written {
                    stop_requested: false,
                }) => {}
                Ok(JournalOutcome::Written {
                    stop_requested: true,
                }) => {
                    self.signal.stop(StopReason::User);
                }
                Ok(JournalOutcome::LeaseLost) => {
                    self.signal.stop(StopReason::LeaseLost);
                    return;
                }
                Err(error) => {
                    // What stays unwritten is tried again, with what has come by then.
                    wait = wait.saturating_mul(2).min(LONGEST_WAIT);
                    tracing::warn!(message = %self.message, %error, "the journal was not written");
                }
            }
        }
    }

    async fn append(&self, unwritten: Unwritten) -> Result<JournalOutcome, StoreError> {
        let entry = JournalEntry {
            message: self.message,
            holder: self.ports.instance,
            first_event: unwritten.first_event,
            events: unwritten.events,
            lease_until: self.ports.clock.now().plus(LEASE),
        };
        self.ports.answers.append_journal(&entry).await
    }
}
