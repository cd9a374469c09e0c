//! The limits of one process, counted exactly: of a limit of ten in fifteen minutes the eleventh is refused.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use latchkey_domain::{
    error::StoreError,
    rate_limit::{
        LimitName, LimitPermit, LimitReached, LimitState, LimitSubject, RateLimiter,
        RateLimiterError,
    },
    system::Clock,
    time::Timestamp,
};

use super::{
    shards::{Key, Shard, Shards},
    window::Window,
};

/// Most subjects that are counted at a time; some 30 MB if all of them use what they may.
const MAX_SUBJECTS: usize = 100_000;
/// No answer says to come back sooner.
const MIN_RETRY: Duration = Duration::from_secs(1);

/// How many of each are allowed; 0 turns a limit off.
#[derive(Debug, Clone, Default)]
pub struct LimitSettings {
    max: HashMap<LimitName, u32>,
}

impl LimitSettings {
    /// The same with another maximum of `name`.
    #[must_use]
    pub fn with(mut self, name: LimitName, max: u32) -> Self {
        self.max.insert(name, max);
        self
    }

    /// No limits at all.
    pub fn off() -> Self {
        LimitName::ALL
            .into_iter()
            .fold(Self::default(), |settings, name| settings.with(name, 0))
    }

    fn max(&self, name: LimitName) -> u32 {
        self.max.get(&name).copied().unwrap_or(name.default_max())
    }
}

/// Counts in this process's memory.
pub struct MemoryRateLimiter {
    settings: LimitSettings,
    clock: Arc<dyn Clock>,
    windows: Shards<Window>,
    running: Arc<Shards<u32>>,
    max_subjects: usize,
}

impl MemoryRateLimiter {
    /// A limiter with these settings.
    pub fn new(settings: LimitSettings, clock: Arc<dyn Clock>) -> Self {
        Self::with_capacity(settings, clock, MAX_SUBJECTS)
    }

    /// A limiter that counts about `max_subjects` subjects at most. Beyond, those that were quiet longest are forgotten.
    pub fn with_capacity(
        settings: LimitSettings,
        clock: Arc<dyn Clock>,
        max_subjects: usize,
    ) -> Self {
        Self {
            settings,
            clock,
            windows: Shards::new(),
            running: Arc::new(Shards::new()),
            max_subjects,
        }
    }

    /// Forgets subjects whose uses are all out of their windows. To be called about once a minute.
    pub fn sweep(&self) {
        let now = self.clock.now();
        for mut shard in self.windows.each() {
            forget_empty(&mut shard, now);
        }
    }

    /// How many subjects are counted at the moment.
    pub fn subjects(&self) -> usize {
        self.windows.len()
    }

    fn use_up(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<LimitState, RateLimiterError> {
        let Some(rule) = self.rule(name)? else {
            return Ok(unlimited(name));
        };
        let key = (name, subject.clone());
        let mut shard = self.windows.of(&key);
        if !shard.contains_key(&key) {
            self.make_room(&mut shard, rule.now);
        }
        let window = shard.entry(key).or_default();
        rule.ensure_room(window)?;
        window.count(rule.now);
        Ok(rule.state(window))
    }

    fn look(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<LimitState, RateLimiterError> {
        let Some(rule) = self.rule(name)? else {
            return Ok(unlimited(name));
        };
        let key = (name, subject.clone());
        let mut shard = self.windows.of(&key);
        let Some(window) = shard.get_mut(&key) else {
            return Ok(rule.state(&Window::default()));
        };
        rule.ensure_room(window)?;
        Ok(rule.state(window))
    }

    /// How `name` is counted now; `None` when it is off.
    fn rule(&self, name: LimitName) -> Result<Option<Rule>, RateLimiterError> {
        let length = window_of(name)?;
        let max = self.settings.max(name);
        Ok((max > 0).then(|| Rule {
            name,
            max,
            length,
            now: self.clock.now(),
        }))
    }

    fn take_place(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<Permit, RateLimiterError> {
        let max = self.settings.max(name);
        if max == 0 {
            return Ok(Permit { place: None });
        }
        let key = (name, subject.clone());
        let mut shard = self.running.of(&key);
        let running = shard.entry(key.clone()).or_default();
        if *running >= max {
            return Err(reached(name, max, MIN_RETRY));
        }
        *running += 1;
        Ok(Permit {
            place: Some((Arc::clone(&self.running), key)),
        })
    }

    /// Makes room for one more subject: first those that count nothing any more go, then a quarter of the rest, those
    /// that were quiet longest.
    fn make_room(&self, shard: &mut Shard<Window>, now: Timestamp) {
        let most = Shards::<Window>::share_of(self.max_subjects);
        if shard.len() < most {
            return;
        }
        forget_empty(shard, now);
        if shard.len() < most {
            return;
        }
        let mut last_uses: Vec<_> = shard.values().map(Window::last_use).collect();
        last_uses.sort_unstable();
        let Some(&quiet_until) = last_uses.get(last_uses.len() / 4) else {
            return;
        };
        shard.retain(|_, window| window.last_use() > quiet_until);
    }
}

#[async_trait]
impl RateLimiter for MemoryRateLimiter {
    async fn take(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<LimitState, RateLimiterError> {
        self.use_up(name, subject)
    }

    async fn peek(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<LimitState, RateLimiterError> {
        self.look(name, subject)
    }

    async fn enter(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<Box<dyn LimitPermit>, RateLimiterError> {
        Ok(Box::new(self.take_place(name, subject)?))
    }
}

/// A limit on uses in a window, at a moment.
struct Rule {
    name: LimitName,
    max: u32,
    length: Duration,
    now: Timestamp,
}

impl Rule {
    /// Slides `window` to the moment, and refuses when nothing is left in it.
    fn ensure_room(&self, window: &mut Window) -> Result<(), RateLimiterError> {
        window.slide(self.length, self.now);
        if window.used() < self.max {
            return Ok(());
        }
        let frees_in = window.frees_in(self.max, self.length, self.now);
        Err(reached(self.name, self.max, frees_in))
    }

    fn state(&self, window: &Window) -> LimitState {
        LimitState {
            name: self.name,
            max: self.max,
            remaining: self.max.saturating_sub(window.used()),
            resets_in: window.empties_in(self.length, self.now),
        }
    }
}

/// A place among those that run; none where the limit is off.
struct Permit {
    place: Option<(Arc<Shards<u32>>, Key)>,
}

impl LimitPermit for Permit {}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some((running, key)) = self.place.take() else {
            return;
        };
        let mut shard = running.of(&key);
        if let Some(count) = shard.get_mut(&key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                shard.remove(&key);
            }
        }
    }
}

fn forget_empty(shard: &mut Shard<Window>, now: Timestamp) {
    shard.retain(|(name, _), window| {
        window.slide(name.window().unwrap_or_default(), now);
        !window.is_empty()
    });
    shard.shrink_to(shard.len() * 2);
}

fn window_of(name: LimitName) -> Result<Duration, RateLimiterError> {
    name.window().ok_or_else(|| {
        let misuse = format!(
            "{} limits how many run at once and has no window",
            name.as_str()
        );
        RateLimiterError::Store(StoreError::Internal(misuse.into()))
    })
}

const fn unlimited(name: LimitName) -> LimitState {
    LimitState {
        name,
        max: 0,
        remaining: 0,
        resets_in: Duration::ZERO,
    }
}

fn reached(name: LimitName, max: u32, retry_after: Duration) -> RateLimiterError {
    RateLimiterError::Reached(LimitReached {
        name,
        max,
        retry_after: retry_after.max(MIN_RETRY),
    })
}
