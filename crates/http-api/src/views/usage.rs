//! Tokens and money.

use latchkey_domain::usage::{TokenUsage, UsageGroup};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

/// Sums of the caller's own usage.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageSummaryView {
    /// First day, in UTC.
    from: String,
    /// Last day, included.
    to: String,
    /// The groups, ordered by what they are grouped by.
    items: Vec<UsageGroupView>,
    /// Always `null`: the list is complete.
    next_cursor: Option<String>,
}

/// The sums of one group; what the summary isn't grouped by is `null`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageGroupView {
    /// The day.
    day: Option<String>,
    /// The model.
    model: Option<String>,
    /// The stored key.
    key_id: Option<String>,
    /// What it was called last.
    key_name: Option<String>,
    /// Whether the group is that of keys that were given with requests; `null` when not grouped by key.
    given_key: Option<bool>,
    /// The conversation.
    conversation_id: Option<String>,
    /// Number of attempts at the provider.
    attempts: u64,
    /// Attempts whose tokens the provider didn't report.
    attempts_without_tokens: u64,
    /// Attempts whose cost is unknown; `cost` is then a lower bound.
    attempts_without_cost: u64,
    /// Sums of the counters.
    tokens: TokensView,
    /// Sum of the known costs.
    cost: CostSumView,
}

/// All of the provider's counters.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokensView {
    /// Tokens of prompts that were neither read from nor written to the cache.
    input: u64,
    /// Tokens of answers, thinking included.
    output: u64,
    /// Tokens read from the cache.
    cache_read: u64,
    /// Tokens written to the cache for five minutes.
    cache_write5m: u64,
    /// Tokens written to the cache for an hour.
    cache_write1h: u64,
    /// How many of `output` were thinking.
    thinking: u64,
    /// Web searches.
    web_searches: u64,
    /// Web pages fetched.
    web_fetches: u64,
}

/// A sum of costs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostSumView {
    /// Billionths of a US dollar.
    amount_nano_usd: i64,
    /// What the prompt cache is known to have saved; negative when writing to it cost more than reading brought.
    saved_nano_usd: i64,
    /// Whether all costs in it are known.
    known: bool,
}

impl UsageSummaryView {
    /// The view of `groups`.
    pub fn of(from: Date, to: Date, groups: &[UsageGroup]) -> Self {
        Self {
            from: from.to_string(),
            to: to.to_string(),
            items: groups.iter().map(UsageGroupView::of).collect(),
            next_cursor: None,
        }
    }
}

impl UsageGroupView {
    fn of(group: &UsageGroup) -> Self {
        let sums = &group.sums;
        Self {
            day: group.day.map(|day| day.to_string()),
            model: group.model.as_ref().map(ToString::to_string),
            key_id: group.key.flatten().map(|key| key.to_string()),
            key_name: group.key_name.clone(),
            given_key: group.key.map(|key| key.is_none()),
            conversation_id: group.conversation.as_ref().map(ToString::to_string),
            attempts: sums.attempts,
            attempts_without_tokens: sums.attempts_without_tokens,
            attempts_without_cost: sums.attempts_without_cost,
            tokens: TokensView::of(&sums.tokens),
            cost: CostSumView {
                amount_nano_usd: sums.cost.0,
                saved_nano_usd: sums.saved.0,
                known: sums.attempts_without_cost == 0,
            },
        }
    }
}

impl TokensView {
    fn of(tokens: &TokenUsage) -> Self {
        Self {
            input: tokens.input,
            output: tokens.output,
            cache_read: tokens.cache_read,
            cache_write5m: tokens.cache_write_5m,
            cache_write1h: tokens.cache_write_1h,
            thinking: tokens.thinking,
            web_searches: tokens.web_searches,
            web_fetches: tokens.web_fetches,
        }
    }
}
