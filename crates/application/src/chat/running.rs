//! The answers that this process is writing, so that they can be stopped and waited for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use latchkey_domain::id::MessageId;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use super::feed::Feed;

/// Why a run is asked to end early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopReason {
    /// The user wants it.
    User,
    /// The reader left, and had chosen that this stops it.
    ClientGone,
    /// The session that started it ended.
    SessionEnded,
    /// The server is going down.
    ServerStopping,
    /// It isn't this process's answer any more.
    LeaseLost,
}

/// A run's own view of requests to stop it.
#[derive(Debug, Clone)]
pub(super) struct StopSignal {
    sender: watch::Sender<Option<StopReason>>,
}

impl StopSignal {
    /// Nobody has asked yet.
    pub(super) fn new() -> Self {
        Self {
            sender: watch::Sender::new(None),
        }
    }

    /// Asks the run to stop. The first reason counts.
    pub(super) fn stop(&self, reason: StopReason) {
        self.sender.send_if_modified(|current| {
            let first = current.is_none();
            if first {
                *current = Some(reason);
            }
            first
        });
    }

    /// Waits for a request to stop.
    pub(super) async fn wait(&self) -> StopReason {
        let mut receiver = self.sender.subscribe();
        loop {
            if let Some(reason) = *receiver.borrow_and_update() {
                return reason;
            }
            if receiver.changed().await.is_err() {
                // The sender is this very signal; it can't be gone.
                std::future::pending::<()>().await;
            }
        }
    }
}

/// All runs of this process.
#[derive(Debug, Default)]
pub(super) struct RunningAnswers {
    state: Mutex<State>,
    /// Tracks the tasks of runs until the last has written its end.
    pub(super) tasks: TaskTracker,
}

#[derive(Debug, Default)]
struct State {
    draining: bool,
    answers: HashMap<MessageId, Running>,
}

#[derive(Debug)]
struct Running {
    signal: StopSignal,
    feed: Arc<Feed>,
}

/// A run's place among the running; given up when dropped.
pub(super) struct RunPlace<'a> {
    running: &'a RunningAnswers,
    answer: MessageId,
    /// Requests to stop the run.
    pub(super) signal: StopSignal,
    /// What has come, if it is saved.
    pub(super) feed: Arc<Feed>,
}

impl RunningAnswers {
    /// A place for the run of `answer`; `None` when the server is going down.
    pub(super) fn enter(&self, answer: MessageId) -> Option<RunPlace<'_>> {
        let mut state = self.lock();
        if state.draining {
            return None;
        }
        let signal = StopSignal::new();
        let feed = Arc::new(Feed::default());
        let running = Running {
            signal: signal.clone(),
            feed: Arc::clone(&feed),
        };
        state.answers.insert(answer, running);
        Some(RunPlace {
            running: self,
            answer,
            signal,
            feed,
        })
    }

    /// Asks the run of `answer` to stop, if it runs here.
    pub(super) fn stop(&self, answer: MessageId, reason: StopReason) -> bool {
        let state = self.lock();
        let signal = state.answers.get(&answer).map(|running| &running.signal);
        signal.inspect(|signal| signal.stop(reason)).is_some()
    }

    /// What has come of `answer`, if it runs here.
    pub(super) fn feed(&self, answer: MessageId) -> Option<Arc<Feed>> {
        let state = self.lock();
        let running = state.answers.get(&answer);
        running.map(|running| Arc::clone(&running.feed))
    }

    /// Whether `answer` is being written here.
    pub(super) fn contains(&self, answer: MessageId) -> bool {
        self.lock().answers.contains_key(&answer)
    }

    /// Lets no new run begin.
    pub(super) fn drain(&self) {
        self.lock().draining = true;
    }

    /// Whether no new run may begin.
    pub(super) fn is_draining(&self) -> bool {
        self.lock().draining
    }

    /// Asks all runs to stop.
    pub(super) fn stop_all(&self, reason: StopReason) {
        for running in self.lock().answers.values() {
            running.signal.stop(reason);
        }
    }

    /// How many run.
    pub(super) fn count(&self) -> usize {
        self.lock().answers.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RunPlace<'_> {
    fn drop(&mut self) {
        self.running.lock().answers.remove(&self.answer);
        self.feed.close(None);
    }
}
