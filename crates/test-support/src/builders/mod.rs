//! Short ways to valid values, each with an id and an instant of its own, the same in every run.
//!
//! The values are plain structs: a test that wants another field than the default sets it.

mod accounts;
pub mod chat;
pub mod events;
mod keys;
mod ledger;

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use latchkey_domain::{id::InstanceId, system::IdSource, time::Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::memory::system::{START, SequentialIds};

/// Makes valid values. Each is a second and a microsecond younger than the one before.
#[derive(Debug)]
pub struct Samples {
    ids: SequentialIds,
    now: AtomicI64,
}

impl Samples {
    /// Samples that start at [`START`].
    pub fn new() -> Self {
        Self {
            ids: SequentialIds::new(),
            now: AtomicI64::new(START.as_micros()),
        }
    }

    /// The next instant: later than all before.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.now.fetch_add(1_000_001, Ordering::SeqCst))
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).expect("a duration of a test");
        self.now.fetch_add(micros, Ordering::SeqCst);
    }

    /// A process of its own.
    pub fn instance(&self) -> InstanceId {
        InstanceId::new(&self.ids)
    }

    /// Where the ids come from.
    pub fn ids(&self) -> &dyn IdSource {
        &self.ids
    }
}

impl Default for Samples {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes that belong to an id alone: for hashes and sealed values that only have to differ.
fn bytes_of(label: &str, id: Uuid) -> [u8; 32] {
    Sha256::new()
        .chain_update(label)
        .chain_update(id.as_bytes())
        .finalize()
        .into()
}
