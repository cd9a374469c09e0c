//! Tokens, money, prices and the ledger.

mod ledger;
mod money;
mod price_table;
mod prices;
mod tokens;

pub use ledger::{UsageEvent, UsageGroup, UsageGroupBy, UsageLedger, UsageQuery, UsageSums};
pub use money::{Cost, NanoUsd};
pub use price_table::MODEL_PRICES;
pub use prices::{
    ModelPrice, PRICE_VERSION, PriceTerms, Prices, default_max_tokens, price_call, price_tokens,
};
pub use tokens::{TokenUsage, UsageReport};

#[cfg(feature = "mocks")]
pub use ledger::MockUsageLedger;
