//! Limits under a clock that the test moves.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    rate_limit::{
        LimitName, LimitPermit, LimitReached, LimitState, LimitSubject, RateLimiter,
        RateLimiterError,
    },
    system::Clock,
    time::Timestamp,
};

/// Remembers each use for the length of its window.
pub struct MemoryRateLimiter {
    clock: Arc<dyn Clock>,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Default)]
struct Counts {
    max: HashMap<LimitName, u32>,
    uses: HashMap<(LimitName, LimitSubject), Vec<Timestamp>>,
    running: HashMap<(LimitName, LimitSubject), u32>,
    is_down: bool,
}

impl MemoryRateLimiter {
    /// A limiter with the default limits.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            counts: Arc::default(),
        }
    }

    /// Sets a limit; 0 turns it off.
    pub fn set_max(&self, name: LimitName, max: u32) {
        self.counts().max.insert(name, max);
    }

    /// Turns all limits off.
    pub fn turn_off(&self) {
        for name in LimitName::ALL {
            self.set_max(name, 0);
        }
    }

    /// Whether the counter can't be reached from now on.
    pub fn set_down(&self, is_down: bool) {
        self.counts().is_down = is_down;
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        lock(&self.counts)
    }

    fn check(
        &self,
        name: LimitName,
        subject: &LimitSubject,
        counted: bool,
    ) -> Result<LimitState, RateLimiterError> {
        let now = self.clock.now();
        let mut counts = self.counts();
        let max = counts.max(name)?;
        let window = name.window().unwrap_or_default();
        let key = (name, subject.clone());
        let uses = counts.uses.entry(key).or_default();
        // A use after now was counted by a clock that has been put right since.
        uses.retain(|at| *at <= now && now.since(*at) < window);
        let used = u32::try_from(uses.len()).unwrap_or(u32::MAX);
        if max > 0 && used >= max {
            let oldest = uses.first().copied().unwrap_or(now);
            return Err(reached(name, max, oldest.plus(window).since(now)));
        }
        if counted && max > 0 {
            uses.push(now);
        }
        let used = u32::try_from(uses.len()).unwrap_or(u32::MAX);
        let newest = uses.last().map(|at| at.plus(window));
        Ok(LimitState {
            name,
            max,
            remaining: max.saturating_sub(used),
            resets_in: newest.map_or(Duration::ZERO, |end| end.since(now)),
        })
    }
}

#[async_trait]
impl RateLimiter for MemoryRateLimiter {
    async fn take(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<LimitState, RateLimiterError> {
        self.check(name, subject, true)
    }

    async fn peek(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<LimitState, RateLimiterError> {
        self.check(name, subject, false)
    }

    async fn enter(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<Box<dyn LimitPermit>, RateLimiterError> {
        let mut counts = self.counts();
        let max = counts.max(name)?;
        let key = (name, subject.clone());
        let running = counts.running.entry(key.clone()).or_default();
        if max > 0 && *running >= max {
            return Err(reached(name, max, Duration::ZERO));
        }
        *running += 1;
        Ok(Box::new(Place {
            counts: self.counts.clone(),
            key,
        }))
    }
}

impl Counts {
    fn max(&self, name: LimitName) -> Result<u32, StoreError> {
        if self.is_down {
            return Err(StoreError::Unavailable("the test wants it so".into()));
        }
        Ok(self.max.get(&name).copied().unwrap_or(name.default_max()))
    }
}

struct Place {
    counts: Arc<Mutex<Counts>>,
    key: (LimitName, LimitSubject),
}

impl LimitPermit for Place {}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(running) = lock(&self.counts).running.get_mut(&self.key) {
            *running -= 1;
        }
    }
}

fn reached(name: LimitName, max: u32, wait: Duration) -> RateLimiterError {
    RateLimiterError::Reached(LimitReached {
        name,
        max,
        retry_after: wait.max(Duration::from_secs(1)),
    })
}

fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}
