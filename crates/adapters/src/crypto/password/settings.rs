//! What one argon2id hash costs.

use argon2::{Params, password_hash::phc};

/// Costs above these in a stored hash are not of our making; verifying them would be an attack on ourselves.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 64;
const MAX_LANES: u32 = 16;
/// Bytes of a hash.
pub(super) const OUTPUT_LEN: usize = 32;

/// The cost of one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Settings {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Argon2Settings {
    /// OWASP's first choice: 19 MiB, two passes, one lane. No server hashes cheaper.
    pub const LEAST: Self = Self {
        memory_kib: 19_456,
        passes: 2,
        lanes: 1,
    };

    /// The argon2 parameters, if the cost is neither too low nor beyond all reason.
    pub(super) fn params(self) -> Result<Params, TooCheap> {
        let least = Self::LEAST;
        let is_enough = self.memory_kib >= least.memory_kib
            && self.passes >= least.passes
            && self.lanes >= least.lanes;
        if !is_enough || !self.is_bearable() {
            return Err(TooCheap);
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(OUTPUT_LEN))
            .map_err(|_| TooCheap)
    }

    /// The cost that a stored hash was made with; `None` if it is unreadable or beyond all reason.
    pub(super) fn of_hash(hash: &phc::PasswordHash) -> Option<Self> {
        let params = Params::try_from(hash).ok()?;
        let settings = Self {
            memory_kib: params.m_cost(),
            passes: params.t_cost(),
            lanes: params.p_cost(),
        };
        settings.is_bearable().then_some(settings)
    }

    /// Whether a hash of this cost is cheaper to guess than one of `today`.
    pub(super) fn is_weaker_than(self, today: Self) -> bool {
        self.memory_kib < today.memory_kib || self.passes < today.passes
    }

    fn is_bearable(self) -> bool {
        self.memory_kib <= MAX_MEMORY_KIB && self.passes <= MAX_PASSES && self.lanes <= MAX_LANES
    }
}

impl Default for Argon2Settings {
    fn default() -> Self {
        Self::LEAST
    }
}

/// The cost of a password hash can only be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a password hash needs at least 19456 KiB of memory, 2 passes and 1 lane, and at most 1048576 KiB, 64 passes and 16 lanes"
)]
pub struct TooCheap;
