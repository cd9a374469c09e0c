//! What all connections of a fake share.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cache::PromptCache;
use crate::config::Config;
use crate::directives::Surroundings;
use crate::gate::Gate;
use crate::record::Records;
use crate::script::Script;

/// The memory of `[[fail …]]` starts anew above this many prompts.
const MOST_REMEMBERED: usize = 100_000;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) records: Records,
    pub(crate) cache: PromptCache,
    script: Mutex<Script>,
    stalls: Mutex<Gate>,
    times_asked: Mutex<HashMap<u64, u64>>,
}

impl Shared {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            records: Records::new(config.record),
            config,
            cache: PromptCache::default(),
            script: Mutex::default(),
            stalls: Mutex::default(),
            times_asked: Mutex::default(),
        }
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the gate of all stalls that nobody scripted; later ones get a new gate.
    pub(crate) fn release_stalls(&self) {
        std::mem::take(&mut *self.stalls.lock().unwrap_or_else(PoisonError::into_inner)).release();
    }
}

/// A prompt and its key, for directives that remember.
pub(crate) struct Asking<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) key: &'a str,
    pub(crate) prompt: &'a str,
}

impl Surroundings for Asking<'_> {
    fn count_and_tell_earlier(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.key, self.prompt).hash(&mut hasher);
        let mut times_asked = self
            .shared
            .times_asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if times_asked.len() > MOST_REMEMBERED {
            times_asked.clear();
        }
        let times = times_asked.entry(hasher.finish()).or_default();
        *times += 1;
        *times - 1
    }

    fn stalls(&self) -> Gate {
        self.shared
            .stalls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
