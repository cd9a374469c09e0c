//! Limits, counted in memory.

mod memory;
mod shards;
mod window;

pub use memory::{LimitSettings, MemoryRateLimiter};
