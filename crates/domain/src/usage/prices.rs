//! Prices, and what a call costs by them.
//!
//! As of 2026-11-22, in nano-dollars a token (1 USD a million tokens is 1,000). Sources: LiteLLM 1.109.1
//! (`model_prices_and_context_window_backup.json`), genai-prices 0.2.3, Anthropic's pricing page; where two of them
//! know a model they agree. A changed price is a new [`PRICE_VERSION`]; rows of the ledger keep the one they were
//! computed by.

use super::price_table::MODEL_PRICES;
use super::{Cost, NanoUsd, UsageReport};
use crate::llm::ModelId;

/// Version of this table.
pub const PRICE_VERSION: &str = "2026-11-22";
/// What one web search costs: 10 USD a thousand.
const WEB_SEARCH: i64 = 10_000_000;
/// Tokens of an answer when the client doesn't say, for models that allow as many.
const DEFAULT_MAX_TOKENS: u32 = 16_000;

/// Prices of one model, in nano-dollars a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// A token of the prompt.
    pub input: i64,
    /// A token of the answer.
    pub output: i64,
    /// A token read from the cache.
    pub cache_read: i64,
    /// A token written to the cache for five minutes.
    pub cache_write_5m: i64,
    /// A token written to the cache for an hour.
    pub cache_write_1h: i64,
}

impl Prices {
    pub(super) const fn new(
        input: i64,
        output: i64,
        cache_read: i64,
        cache_write_5m: i64,
        cache_write_1h: i64,
    ) -> Self {
        Self {
            input,
            output,
            cache_read,
            cache_write_5m,
            cache_write_1h,
        }
    }
}

/// One model of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelPrice {
    /// The model's id.
    pub id: &'static str,
    /// Another id of the same model.
    pub alias: Option<&'static str>,
    /// Most tokens of an answer, where known.
    pub max_output: Option<u32>,
    /// Most tokens of a prompt.
    pub context: u32,
    /// The prices.
    pub prices: Prices,
    /// Prompts of more than this many tokens pay these prices for every token, output too.
    pub long_prompt: Option<(u64, Prices)>,
    /// Whether there is a fast mode, at twice the price.
    pub has_fast_mode: bool,
    /// Whether calls that are bound to the US cost a tenth more.
    pub has_us_rate: bool,
}

impl ModelPrice {
    /// The model with this id or alias.
    pub fn find(model: &ModelId) -> Option<&'static Self> {
        MODEL_PRICES
            .iter()
            .find(|price| price.id == model.as_str() || price.alias == Some(model.as_str()))
    }
}

/// Most tokens of an answer when the client doesn't say: 16,000, or the model's limit if that is lower.
pub fn default_max_tokens(model: &ModelId) -> u32 {
    ModelPrice::find(model)
        .and_then(|price| price.max_output)
        .map_or(DEFAULT_MAX_TOKENS, |limit| limit.min(DEFAULT_MAX_TOKENS))
}

/// What a call cost. Unknown when there is no usage, no price, or no sum that fits; fractions of a nano-dollar are
/// rounded to the nearest.
pub fn price_call(model: &ModelId, usage: Option<&UsageReport>) -> Cost {
    let amount = usage.and_then(|usage| ModelPrice::find(model)?.price(usage));
    Cost {
        amount,
        price_version: PRICE_VERSION,
    }
}

impl ModelPrice {
    fn price(&self, usage: &UsageReport) -> Option<NanoUsd> {
        let tokens = &usage.tokens;
        let prices = match self.long_prompt {
            Some((limit, prices)) if tokens.total_input() > limit => prices,
            _ => self.prices,
        };
        let parts = [
            (tokens.input, prices.input),
            (tokens.output, prices.output),
            (tokens.cache_read, prices.cache_read),
            (tokens.cache_write_5m, prices.cache_write_5m),
            (tokens.cache_write_1h, prices.cache_write_1h),
        ];
        let mut total = sum(&parts)?;
        if usage.fast && self.has_fast_mode {
            total = total.checked_mul(2)?;
        }
        if usage.us_only && self.has_us_rate {
            total = total.checked_mul(11)?.checked_add(5)?.checked_div(10)?;
        }
        let searches = sum(&[(tokens.web_searches, WEB_SEARCH)])?;
        total.checked_add(searches).map(NanoUsd)
    }
}

fn sum(parts: &[(u64, i64)]) -> Option<i64> {
    parts.iter().try_fold(0i64, |total, (count, price)| {
        let part = i64::try_from(*count).ok()?.checked_mul(*price)?;
        total.checked_add(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{raw_json::RawJson, usage::TokenUsage};
    use proptest::prelude::*;

    fn report(tokens: TokenUsage) -> UsageReport {
        UsageReport {
            tokens,
            raw: RawJson::from_trusted("{}"),
            is_final: true,
            fast: false,
            us_only: false,
        }
    }

    fn cost(model: &str, report: &UsageReport) -> Option<i64> {
        price_call(&ModelId::parse(model).unwrap(), Some(report))
            .amount
            .map(|amount| amount.0)
    }

    #[test]
    fn every_counter_has_its_price() {
        let tokens = TokenUsage {
            input: 1,
            output: 10,
            cache_read: 100,
            cache_write_5m: 1_000,
            cache_write_1h: 10_000,
            thinking: 5,
            web_searches: 1,
            web_fetches: 9,
        };
        let expected =
            2_000 + 10 * 10_000 + 100 * 100 + 1_000 * 2_500 + 10_000 * 4_000 + 10_000_000;
        assert_eq!(cost("claude-sonnet-5-5", &report(tokens)), Some(expected));
    }

    #[test]
    fn a_long_prompt_pays_the_higher_rate_for_everything() {
        let at = |input| {
            cost(
                "claude-haiku-5-5",
                &report(TokenUsage {
                    input,
                    output: 1,
                    ..TokenUsage::default()
                }),
            )
        };
        assert_eq!(at(100_000), Some(100_000 * 100 + 500));
        assert_eq!(at(100_001), Some(100_001 * 500 + 2_500));
    }

    #[test]
    fn fast_and_us_cost_more_where_they_exist() {
        let mut usage = report(TokenUsage {
            output: 1,
            ..TokenUsage::default()
        });
        usage.fast = true;
        usage.us_only = true;
        assert_eq!(cost("claude-opus-5-5", &usage), Some(44_000));
        assert_eq!(cost("claude-haiku-4-5", &usage), Some(5_000));
    }

    #[test]
    fn what_is_not_known_is_never_zero() {
        assert_eq!(
            cost("claude-unheard-of", &report(TokenUsage::default())),
            None
        );
        let model = ModelId::parse("claude-sonnet-5-5").unwrap();
        assert_eq!(price_call(&model, None).amount, None);
        let absurd = report(TokenUsage {
            output: u64::MAX,
            ..TokenUsage::default()
        });
        assert_eq!(cost("claude-sonnet-5-5", &absurd), None);
    }

    #[test]
    fn ids_and_aliases_are_unique() {
        let mut names: Vec<_> = MODEL_PRICES
            .iter()
            .flat_map(|price| [Some(price.id), price.alias])
            .flatten()
            .collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn default_length_respects_the_model() {
        assert_eq!(
            default_max_tokens(&ModelId::parse("claude-sonnet-5-5").unwrap()),
            16_000
        );
        assert_eq!(
            default_max_tokens(&ModelId::parse("claude-3-5-sonnet-20241022").unwrap()),
            8_192
        );
        assert_eq!(
            default_max_tokens(&ModelId::parse("claude-unheard-of").unwrap()),
            16_000
        );
    }

    proptest! {
        #[test]
        fn a_known_cost_is_never_negative(input in any::<u64>(), output in any::<u64>(), cache_read in any::<u64>()) {
            let usage = report(TokenUsage { input, output, cache_read, ..TokenUsage::default() });
            for price in MODEL_PRICES {
                prop_assert!(price.price(&usage).is_none_or(|cost| cost.0 >= 0));
            }
        }
    }
}
