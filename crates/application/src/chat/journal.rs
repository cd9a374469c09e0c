//! The journal of a running answer: written beside the stream, so that no reader waits for a disk.

use std::sync::{Arc, Mutex, PoisonError};

use latchkey_domain::{
    conversation::{JournalEntry, JournalOutcome, LEASE},
    id::MessageId,
    llm::LlmEvent,
};
use tokio::{sync::Notify, task::AbortHandle};

use super::running::{StopReason, StopSignal};
use crate::{Policy, Ports};

/// The journal of one answer. Dropping it ends the writing; what isn't written yet is then the business of the
/// answer's end.
pub(super) struct Journal {
    pending: Arc<Pending>,
    writer: AbortHandle,
    full_at: usize,
}

#[derive(Default)]
struct Pending {
    events: Mutex<PendingEvents>,
    full: Notify,
}

#[derive(Default)]
struct PendingEvents {
    first_event: u64,
    next_event: u64,
    bytes: Vec<u8>,
}

impl Journal {
    /// Starts the journal of an answer whose lease is held. It renews the lease until it is dropped, and asks the run
    /// to stop when somebody wants that, or when the lease is lost.
    pub(super) fn start(
        ports: &Arc<Ports>,
        policy: &Arc<Policy>,
        message: MessageId,
        signal: StopSignal,
    ) -> Self {
        let pending = Arc::new(Pending::default());
        let writer = Writer {
            ports: Arc::clone(ports),
            policy: Arc::clone(policy),
            pending: Arc::clone(&pending),
            message,
            signal,
        };
        Self {
            pending,
            writer: tokio::spawn(writer.run()).abort_handle(),
            full_at: policy.journal_bytes,
        }
    }

    /// Notes events; they are written within the journal's interval.
    pub(super) fn note(&self, events: &[LlmEvent]) {
        let mut pending = self
            .pending
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for event in events {
            event.write_to(None, &mut pending.bytes);
            pending.next_event += 1;
        }
        if pending.bytes.len() >= self.full_at {
            self.pending.full.notify_one();
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
    pending: Arc<Pending>,
    message: MessageId,
    signal: StopSignal,
}

impl Writer {
    async fn run(self) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.policy.journal_interval) => {}
                () = self.pending.full.notified() => {}
            }
            let entry = self.take_pending();
            match self.ports.answers.append_journal(&entry).await {
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
                    tracing::warn!(message = %self.message, %error, "the journal was not written");
                    self.put_back(entry);
                }
            }
        }
    }

    fn take_pending(&self) -> JournalEntry {
        let mut pending = self
            .pending
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let first_event = pending.first_event;
        pending.first_event = pending.next_event;
        JournalEntry {
            message: self.message,
            holder: self.ports.instance,
            first_event,
            events: std::mem::take(&mut pending.bytes),
            lease_until: self.ports.clock.now().plus(LEASE),
        }
    }

    /// Puts what could not be written before what has come since.
    fn put_back(&self, entry: JournalEntry) {
        let mut pending = self
            .pending
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut bytes = entry.events;
        bytes.append(&mut pending.bytes);
        pending.bytes = bytes;
        pending.first_event = entry.first_event;
    }
}
