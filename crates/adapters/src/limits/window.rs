//! The uses of one subject within one window of time.

use std::{collections::VecDeque, time::Duration};

use latchkey_domain::time::Timestamp;

/// When each use was, oldest first. Never more than the limit's maximum are kept.
#[derive(Debug, Default)]
pub(super) struct Window {
    uses: VecDeque<Timestamp>,
}

impl Window {
    /// Forgets uses that are `length` old at `now`. Uses later than `now` were counted before the clock stepped back;
    /// they count as of now, so that nobody waits longer than one window.
    pub(super) fn slide(&mut self, length: Duration, now: Timestamp) {
        for used_at in self.uses.iter_mut().rev() {
            if *used_at <= now {
                break;
            }
            *used_at = now;
        }
        while self
            .uses
            .front()
            .is_some_and(|&oldest| now.since(oldest) >= length)
        {
            self.uses.pop_front();
        }
    }

    pub(super) fn count(&mut self, now: Timestamp) {
        self.uses.push_back(now);
    }

    pub(super) fn used(&self) -> u32 {
        u32::try_from(self.uses.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.uses.is_empty()
    }

    /// When it was used last.
    pub(super) fn last_use(&self) -> Option<Timestamp> {
        self.uses.back().copied()
    }

    /// How long until one more than `max - 1` uses fit.
    pub(super) fn frees_in(&self, max: u32, length: Duration, now: Timestamp) -> Duration {
        let over = self
            .uses
            .len()
            .saturating_sub(usize::try_from(max).unwrap_or(usize::MAX));
        self.uses
            .get(over)
            .map_or(Duration::ZERO, |&used_at| used_at.plus(length).since(now))
    }

    /// How long until no use counts any more.
    pub(super) fn empties_in(&self, length: Duration, now: Timestamp) -> Duration {
        self.last_use()
            .map_or(Duration::ZERO, |used_at| used_at.plus(length).since(now))
    }
}
