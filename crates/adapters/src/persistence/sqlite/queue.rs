//! A bounded queue between async callers and threads that block.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Semaphore;

/// How long a caller waits for room before it is told that the store is too busy.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Items wait here for a thread. A push wakes one thread, if one is idle.
pub struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    room: Semaphore,
    patience: Duration,
}

struct State<T> {
    waiting: VecDeque<T>,
    idle_threads: usize,
    closed: bool,
}

/// Why an item was not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotQueued {
    /// There was no room for two seconds.
    #[error("too much is waiting for the database")]
    Full,
    /// The queue was closed.
    #[error("the database is closed")]
    Closed,
}

impl<T> Queue<T> {
    /// A queue with room for `most` items.
    pub fn new(most: usize) -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                idle_threads: 0,
                closed: false,
            }),
            filled: Condvar::new(),
            room: Semaphore::new(most),
            patience: LONGEST_WAIT,
        }
    }

    /// Adds an item at the end; waits a while for room.
    pub async fn push(&self, item: T) -> Result<(), NotQueued> {
        let permit = match self.room.try_acquire() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(self.patience, self.room.acquire())
                .await
                .map_err(|_| NotQueued::Full)?
                .map_err(|_| NotQueued::Closed)?,
        };
        let mut state = self.lock();
        if state.closed {
            return Err(NotQueued::Closed);
        }
        // The room comes back when the item is taken out.
        permit.forget();
        state.waiting.push_back(item);
        let somebody_is_idle = state.idle_threads > 0;
        drop(state);
        if somebody_is_idle {
            // A system call, so not when every thread is busy anyway.
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Waits for items and takes up to `most` of those that wait, oldest first. Empty when the queue is closed and all are taken.
    pub fn take(&self, most: usize) -> Vec<T> {
        self.take_some(|_| most)
    }

    /// As [`take`](Self::take), but no more than the share of one among `threads`.
    pub fn take_share(&self, threads: usize, most: usize) -> Vec<T> {
        self.take_some(|waiting| waiting.div_ceil(threads.max(1)).min(most))
    }

    fn take_some(&self, how_many: impl Fn(usize) -> usize) -> Vec<T> {
        let mut state = self.lock();
        while state.waiting.is_empty() && !state.closed {
            state.idle_threads += 1;
            state = self
                .filled
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle_threads -= 1;
        }
        let waiting = state.waiting.len();
        let count = how_many(waiting).min(waiting);
        let taken = state.waiting.drain(..count).collect();
        drop(state);
        self.room.add_permits(count);
        taken
    }

    /// Takes in no more items; those that wait are still given out.
    pub fn close(&self) {
        self.lock().closed = true;
        self.room.close();
        self.filled.notify_all();
    }

    /// How many items wait.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Lets go of what waits, after closing.
    pub fn abandon(&self) {
        self.close();
        while !self.take(usize::MAX).is_empty() {}
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Abandons the queue when the thread that serves it ends, however that comes: nobody may wait for a thread that is gone.
pub struct AbandonOnExit<T>(pub Arc<Queue<T>>);

impl<T> Drop for AbandonOnExit<T> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_is_given_out_together_and_in_order() {
        let queue = Queue::new(8);
        for number in 0..5 {
            queue.push(number).await.unwrap();
        }
        assert_eq!(queue.take(3), [0, 1, 2]);
        assert_eq!(queue.take(3), [3, 4]);
    }

    #[tokio::test]
    async fn a_share_is_never_nothing() {
        let queue = Queue::new(8);
        for number in 0..5 {
            queue.push(number).await.unwrap();
        }
        assert_eq!(queue.take_share(2, 8), [0, 1, 2]);
        assert_eq!(queue.take_share(2, 8), [3]);
        assert_eq!(queue.take_share(2, 8), [4]);
    }

    #[tokio::test]
    async fn a_full_queue_is_said_to_be_full_after_a_while() {
        let queue = Queue {
            patience: Duration::from_millis(1),
            ..Queue::new(1)
        };
        queue.push(1).await.unwrap();
        assert_eq!(queue.push(2).await, Err(NotQueued::Full));
        assert_eq!(queue.take(8), [1]);
        queue.push(3).await.unwrap();
    }

    #[tokio::test]
    async fn a_closed_queue_gives_out_the_rest() {
        let queue = Arc::new(Queue::new(8));
        queue.push(1).await.unwrap();
        queue.close();
        assert_eq!(queue.push(2).await, Err(NotQueued::Closed));
        assert_eq!(queue.take(8), [1]);
        assert_eq!(queue.take(8), [0; 0]);
    }

    #[tokio::test]
    async fn when_its_thread_dies_nobody_waits_for_ever() {
        let queue = Arc::new(Queue::new(8));
        let (waits, answer) = tokio::sync::oneshot::channel::<()>();
        queue.push(waits).await.unwrap();
        let served = AbandonOnExit(queue.clone());
        let died = std::thread::spawn(move || {
            let _served = served;
            panic!("the thread dies");
        });
        died.join().unwrap_err();
        answer.await.unwrap_err();
        let (late, _answer) = tokio::sync::oneshot::channel();
        assert_eq!(queue.push(late).await.unwrap_err(), NotQueued::Closed);
    }
}
