//! A map in several parts, each behind its own lock, so that subjects seldom wait for one another.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    sync::{Mutex, MutexGuard, PoisonError},
};

use latchkey_domain::rate_limit::{LimitName, LimitSubject};

const SHARDS: usize = 16;

pub(super) type Key = (LimitName, LimitSubject);
pub(super) type Shard<T> = HashMap<Key, T>;

/// Values by limit and subject.
pub(super) struct Shards<T> {
    /// Random, so that nobody can choose subjects that all fall into one part.
    hasher: RandomState,
    shards: [Mutex<Shard<T>>; SHARDS],
}

impl<T> Shards<T> {
    pub(super) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::new(HashMap::new())),
        }
    }

    /// The part that `key` belongs to, locked.
    pub(super) fn of(&self, key: &Key) -> MutexGuard<'_, Shard<T>> {
        let [first, ..] = &self.shards;
        let [byte, ..] = self.hasher.hash_one(key).to_le_bytes();
        let shard = self.shards.get(usize::from(byte) % SHARDS).unwrap_or(first);
        lock(shard)
    }

    /// All parts, one after the other.
    pub(super) fn each(&self) -> impl Iterator<Item = MutexGuard<'_, Shard<T>>> {
        self.shards.iter().map(lock)
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.each().map(|shard| shard.len()).sum()
    }

    /// Most values in one part, if there may be `total`.
    pub(super) const fn share_of(total: usize) -> usize {
        total.div_ceil(SHARDS)
    }
}

fn lock<T>(shard: &Mutex<Shard<T>>) -> MutexGuard<'_, Shard<T>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
