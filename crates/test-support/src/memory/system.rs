//! Time, ids and randomness that the test decides.

use std::{
    sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use latchkey_domain::{
    system::{Clock, IdSource, Randomness, RandomnessError},
    time::Timestamp,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// 2026-01-01T00:00:00.123456Z: the microseconds show who keeps only milliseconds.
pub const START: Timestamp = Timestamp::from_micros(1_767_225_600_123_456);

/// A clock that stands still until it is told.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows [`START`].
    pub fn new() -> Self {
        Self::at(START)
    }

    /// A clock that shows `instant`.
    pub fn at(instant: Timestamp) -> Self {
        Self(AtomicI64::new(instant.as_micros()))
    }

    /// Moves on by `duration`.
    pub fn advance(&self, duration: Duration) {
        self.set(self.now().plus(duration));
    }

    /// Steps back by `duration`, as a corrected clock does.
    pub fn step_back(&self, duration: Duration) {
        self.set(self.now().minus(duration));
    }

    /// Shows `instant` from now on.
    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.as_micros(), Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Ids that count: of the form of version 7, growing, the same in each run.
#[derive(Debug, Default)]
pub struct SequentialIds(AtomicU64);

impl SequentialIds {
    /// Ids that start with 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ids that start after `last`, so that they never meet those of another source.
    pub fn after(last: u64) -> Self {
        Self(AtomicU64::new(last))
    }
}

impl IdSource for SequentialIds {
    fn next_uuid(&self) -> Uuid {
        let number = u128::from(self.0.fetch_add(1, Ordering::SeqCst)) + 1;
        let milliseconds = 0x019b_7000_0000_u128 + number;
        Uuid::from_u128((milliseconds << 80) | (0x7 << 76) | (0x8 << 60) | number)
    }
}

/// Bytes that look random and are the same in each run. Can be made to fail, as a system without entropy does.
#[derive(Debug)]
pub struct SeededRandomness {
    seed: u64,
    drawn: AtomicU64,
    fails: AtomicBool,
}

impl SeededRandomness {
    /// The bytes of this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            drawn: AtomicU64::new(0),
            fails: AtomicBool::new(false),
        }
    }

    /// Whether the next calls fail.
    pub fn set_failing(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }
}

impl Default for SeededRandomness {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(RandomnessError);
        }
        for chunk in bytes.chunks_mut(32) {
            let number = self.drawn.fetch_add(1, Ordering::SeqCst);
            let block = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(number.to_be_bytes())
                .finalize();
            chunk
                .iter_mut()
                .zip(block)
                .for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}
