//! In-memory implementations of the ports, for tests that don't care where things are kept.
//!
//! The stores share one [`MemoryStore`]; the rest are small values of their own. All pass the contract suites.

mod answer_format;
mod answer_repo;
mod api_key_repo;
mod archive_repo;
mod audit_log;
mod conversation_repo;
mod data_key_repo;
mod digest;
mod faults;
mod import_format;
mod key_vault;
mod llm_client;
mod passwords;
mod personal_token_repo;
mod rate_limiter;
mod request_macs;
mod search_repo;
mod session_repo;
mod share_repo;
mod store;
pub mod system;
mod tokens;
mod usage_ledger;
mod usage_tally;
mod user_repo;

use latchkey_domain::page::Page;

pub use answer_format::MemoryFormat;
pub use faults::{Faults, Pause};
pub use import_format::MemoryImportFormat;
pub use key_vault::MemoryVault;
pub use llm_client::{Gate, RecordedCall, Reply, ScriptedLlm, model_info};
pub use passwords::{MemoryHasher, MemoryStrength};
pub use rate_limiter::MemoryRateLimiter;
pub use request_macs::MemoryRequestMacs;
pub use store::MemoryStore;
pub use tokens::{
    MemoryAccessTokens, MemoryPersonalTokens, MemoryRefreshTokens, MemoryResetCodes,
    MemoryShareTokens,
};

/// The first `limit` of `items`, and where the next page starts if there are more.
fn first_page<T, C>(
    items: impl Iterator<Item = T>,
    limit: u32,
    cursor: impl Fn(&T) -> C,
) -> Page<T, C> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut items: Vec<T> = items.take(limit.saturating_add(1)).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(cursor);
    Page { items, next }
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}
