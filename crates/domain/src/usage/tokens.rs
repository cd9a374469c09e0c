//! What the provider counts.

use crate::raw_json::RawJson;

/// All of Anthropic's counters of one call. Total input = input + cache reads + both cache writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TokenUsage {
    /// Tokens of the prompt that were neither read from nor written to the cache.
    pub input: u64,
    /// Tokens of the answer, thinking included.
    pub output: u64,
    /// Tokens read from the cache.
    pub cache_read: u64,
    /// Tokens written to the cache for five minutes.
    pub cache_write_5m: u64,
    /// Tokens written to the cache for an hour.
    pub cache_write_1h: u64,
    /// How many of `output` were thinking.
    pub thinking: u64,
    /// Web searches that the provider made.
    pub web_searches: u64,
    /// Pages that the provider fetched.
    pub web_fetches: u64,
}

impl TokenUsage {
    /// The same call as it would have been without the cache; `None` when its prompt can't be counted.
    pub fn uncached(&self) -> Option<Self> {
        let input = self.input.checked_add(self.cache_read)?;
        let input = input.checked_add(self.cache_write_5m)?;
        Some(Self {
            input: input.checked_add(self.cache_write_1h)?,
            cache_read: 0,
            cache_write_5m: 0,
            cache_write_1h: 0,
            ..*self
        })
    }

    /// All tokens of the prompt.
    pub fn total_input(&self) -> u64 {
        self.input
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write_5m)
            .saturating_add(self.cache_write_1h)
    }
}

/// What the provider said about one call's usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageReport {
    /// The counters.
    pub tokens: TokenUsage,
    /// The provider's `usage` object as it came (members of later events laid over those of earlier ones).
    pub raw: RawJson,
    /// Whether these are the final figures; not so when the answer was cut off.
    pub is_final: bool,
    /// Whether the call ran at the price of fast mode.
    pub fast: bool,
    /// Whether the call was bound to the US, which costs more.
    pub us_only: bool,
}
