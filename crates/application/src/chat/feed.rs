//! What has come of a running answer, formatted once: for its journal, and for everybody who listens.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use latchkey_domain::llm::end_of_events;
use tokio::sync::{Notify, watch};

use super::{EndedAnswer, EventBatch};

/// How much that stands in the journal already is kept for listeners, so that they don't read it from there.
const RECENT: usize = 64 * 1024;

/// The feed of one answer. It holds what isn't in the journal yet; whoever needs what came before reads it there.
#[derive(Debug, Default)]
pub(super) struct Feed {
    state: Mutex<State>,
    /// Changes when there is more to read, or nothing will come any more.
    changed: watch::Sender<()>,
    /// There is enough for the journal to be written at once.
    pub(super) full: Notify,
}

#[derive(Debug, Default)]
struct State {
    batches: VecDeque<EventBatch>,
    bytes: usize,
    next_event: u64,
    /// Events below this number are in the journal.
    written: u64,
    unwritten_bytes: usize,
    end: End,
}

/// Whether more will come.
#[derive(Debug, Default)]
enum End {
    #[default]
    NotYet,
    /// Nothing more comes; how the answer ended stands in the store alone.
    Unknown,
    Known(Box<EndedAnswer>),
}

/// What a listener finds.
#[derive(Debug)]
pub(super) enum Found {
    /// Events from the one that was asked for.
    Events(EventBatch),
    /// They are in the journal.
    InJournal,
    /// They have not come yet.
    NotYet,
    /// Nothing more comes; if this process knows how the answer ended, that.
    Over(Option<Box<EndedAnswer>>),
}

/// What is to be written into the journal.
pub(super) struct Unwritten {
    pub(super) first_event: u64,
    pub(super) next_event: u64,
    pub(super) events: Vec<u8>,
}

impl Feed {
    /// Adds events; returns how many bytes wait for the journal.
    pub(super) fn push(&self, batch: EventBatch) -> usize {
        let mut state = self.lock();
        state.next_event = batch.next_event();
        state.bytes += batch.bytes.len();
        state.unwritten_bytes += batch.bytes.len();
        state.batches.push_back(batch);
        let unwritten = state.unwritten_bytes;
        drop(state);
        self.changed.send_replace(());
        unwritten
    }

    /// What isn't in the journal yet.
    pub(super) fn unwritten(&self) -> Unwritten {
        let state = self.lock();
        let mut events = Vec::with_capacity(state.unwritten_bytes);
        let unwritten = state.batches.iter();
        for batch in unwritten.filter(|batch| batch.first_event >= state.written) {
            events.extend_from_slice(&batch.bytes);
        }
        Unwritten {
            first_event: state.written,
            next_event: state.next_event,
            events,
        }
    }

    /// Events below `next_event` are in the journal. They are let go, but for the last ones while somebody listens.
    pub(super) fn note_written(&self, next_event: u64) {
        let kept = if self.changed.receiver_count() > 0 {
            RECENT
        } else {
            0
        };
        let mut state = self.lock();
        state.written = next_event;
        while state.bytes > kept {
            let is_written = |batch: &EventBatch| batch.first_event < next_event;
            let Some(batch) = state.batches.pop_front_if(|batch| is_written(batch)) else {
                break;
            };
            state.bytes -= batch.bytes.len();
        }
        let unwritten = state.batches.iter();
        state.unwritten_bytes = unwritten
            .filter(|batch| batch.first_event >= next_event)
            .map(|batch| batch.bytes.len())
            .sum();
    }

    /// Learns of changes from now on.
    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Events from `from` on, one batch of them.
    pub(super) fn read(&self, from: u64) -> Found {
        let state = self.lock();
        let at = state
            .batches
            .partition_point(|batch| batch.next_event() <= from);
        match (state.batches.get(at), &state.end) {
            (Some(batch), _) if batch.first_event <= from => Found::Events(batch.from(from)),
            (_, End::Known(end)) => Found::Over(Some(end.clone())),
            (_, End::Unknown) => Found::Over(None),
            (Some(_), End::NotYet) => Found::InJournal,
            (None, End::NotYet) if from < state.next_event => Found::InJournal,
            (None, End::NotYet) => Found::NotYet,
        }
    }

    /// Nothing more comes. Without listeners nobody needs to know how it ended.
    pub(super) fn close(&self, end: Option<&EndedAnswer>) {
        let end = end.filter(|_| self.changed.receiver_count() > 0);
        let mut state = self.lock();
        if matches!(state.end, End::NotYet) {
            state.end = end.map_or(End::Unknown, |end| End::Known(Box::new(end.clone())));
        }
        drop(state);
        self.changed.send_replace(());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventBatch {
    /// The number after the last.
    pub(super) fn next_event(&self) -> u64 {
        self.first_event.saturating_add(self.events)
    }

    /// The batch without the events before `from`.
    fn from(&self, from: u64) -> Self {
        let skipped = from.saturating_sub(self.first_event).min(self.events);
        let end = end_of_events(&self.bytes, skipped);
        Self {
            first_event: self.first_event + skipped,
            events: self.events - skipped,
            bytes: self.bytes.slice(end..),
        }
    }

    /// The events in a part of the journal, from number `from` on.
    pub(super) fn of_journal(first_event: u64, bytes: Vec<u8>, from: u64) -> Self {
        let bytes = Bytes::from(bytes);
        let events = latchkey_domain::llm::count_events(&bytes);
        let whole = Self {
            first_event,
            events,
            bytes,
        };
        whole.from(from)
    }
}
