//! The uses of one subject within one window of time.

use std::{collections::VecDeque, time::Duration};

use latchkey_domain::time::Timestamp;

/// When each use was, oldest first. Never more than the limit's maximum are kept.
#[derive(Debug, Default)]
pub(super) struct Window {
    uses: VecDeque<Timestamp>,
}

impl Window {
    /// Forgets uses that are `length` old at `now`, and those that a clock counted which was more than `length`
    /// ahead: otherwise a clock that is put right would lock people out for as long as it was wrong.
    pub(super) fn slide(&mut self, length: Duration, now: Timestamp) {
        self.uses.retain(|used_at| used_at.since(now) <= length);
        for used_at in self.uses.iter_mut().rev().take_while(|it| **it > now) {
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
