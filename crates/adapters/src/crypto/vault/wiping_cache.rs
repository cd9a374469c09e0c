//! A cache of opened secrets: bounded in number and in time, and whatever leaves it is wiped there and then.

use std::{
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

/// Holds values that wipe themselves when dropped.
///
/// The cache's own memory is freed whenever it likes; so the value sits in a slot that is emptied as soon as the
/// entry is replaced, removed, pushed out or found expired.
pub(super) struct WipingCache<K, V> {
    entries: Cache<K, Arc<Slot<V>>>,
}

struct Slot<V>(Mutex<Option<V>>);

impl<V> Slot<V> {
    fn content(&self) -> std::sync::MutexGuard<'_, Option<V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> WipingCache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(super) fn new(max_entries: u64, time_to_live: Duration) -> Self {
        let entries = Cache::builder()
            .max_capacity(max_entries)
            .time_to_live(time_to_live)
            .eviction_listener(|_, slot: Arc<Slot<V>>, _| *slot.content() = None)
            .build();
        Self { entries }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.entries.get(key)?.content().clone()
    }

    pub(super) fn insert(&self, key: K, value: V) {
        self.entries
            .insert(key, Arc::new(Slot(Mutex::new(Some(value)))));
    }

    pub(super) fn remove(&self, key: &K) {
        self.entries.invalidate(key);
    }

    /// Wipes what has expired. The cache does no work of its own between calls.
    pub(super) fn run_pending_tasks(&self) {
        self.entries.run_pending_tasks();
    }

    /// Wipes everything.
    pub(super) fn wipe(&self) {
        for (key, slot) in &self.entries {
            *slot.content() = None;
            self.entries.invalidate(&*key);
        }
        // Expired entries aren't iterated over.
        self.entries.run_pending_tasks();
    }

    #[cfg(test)]
    fn slot(&self, key: &K) -> Option<Arc<Slot<V>>> {
        self.entries.get(key)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    fn is_wiped(slot: &Slot<&'static str>) -> bool {
        slot.content().is_none()
    }

    #[test]
    fn what_is_removed_or_replaced_is_wiped_at_once() {
        let cache = WipingCache::new(10, LONG);
        cache.insert(1, "secret");
        let first = cache.slot(&1).unwrap();
        cache.insert(1, "other");
        assert!(is_wiped(&first));
        let second = cache.slot(&1).unwrap();
        cache.remove(&1);
        assert!(is_wiped(&second));
        assert_eq!(cache.get(&1), None);
    }

    #[test]
    fn everything_is_wiped_at_shutdown() {
        let cache = WipingCache::new(100, LONG);
        for key in 0..50 {
            cache.insert(key, "secret");
        }
        let slots: Vec<_> = (0..50).filter_map(|key| cache.slot(&key)).collect();
        assert_eq!(slots.len(), 50);
        cache.wipe();
        assert!(slots.iter().all(|slot| is_wiped(slot)));
        assert!((0..50).all(|key| cache.get(&key).is_none()));
    }

    #[test]
    fn no_more_than_the_bound_are_held() {
        let cache = WipingCache::new(10, LONG);
        let mut slots = Vec::new();
        for key in 0..100 {
            cache.insert(key, "secret");
            slots.extend(cache.slot(&key));
        }
        cache.run_pending_tasks();
        assert!(slots.iter().filter(|slot| !is_wiped(slot)).count() <= 10);
    }

    #[test]
    fn what_expires_is_wiped_by_the_maintenance_although_nobody_asks_for_it() {
        let cache = WipingCache::new(10, Duration::from_millis(20));
        cache.insert(1, "secret");
        let slot = cache.slot(&1).unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while !is_wiped(&slot) {
            assert!(Instant::now() < deadline, "still there after ten seconds");
            cache.run_pending_tasks();
            std::thread::yield_now();
        }
    }
}
