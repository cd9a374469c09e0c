//! Prices, and what a call costs by them.
//!
//! As of 2026-11-22, in nano-dollars a token (1 USD a million tokens is 1,000). Sources: LiteLLM 1.109.1
//! (`model_prices_and_context_window_backup.json`), genai-prices 0.2.3, Anthropic's pricing page; where two of them
//! know a model they agree. A changed price is a new [`PRICE_VERSION`]; rows of the ledger keep the one they were
//! computed by.

use super::price_table::MODEL_PRICES;
use super::{Cost, NanoUsd, TokenUsage, UsageReport};
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

/// What changes the price of a whole call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PriceTerms {
    /// Whether it runs in fast mode.
    pub fast: bool,
    /// Whether it is bound to the US.
    pub us_only: bool,
}

/// What a call cost, and what the cache saved of it. Unknown when there is no usage, no price, or no sum that fits;
/// fractions of a nano-dollar are rounded to the nearest.
pub fn price_call(model: &ModelId, usage: Option<&UsageReport>) -> Cost {
    let price = |tokens: &TokenUsage, usage: &UsageReport| {
        let terms = PriceTerms {
            fast: usage.fast,
            us_only: usage.us_only,
        };
        price_tokens(model, tokens, terms)
    };
    let amount = usage.and_then(|usage| price(&usage.tokens, usage));
    let uncached = usage.and_then(|usage| price(&usage.tokens.uncached()?, usage));
    Cost {
        amount,
        saved: amount.and_then(|amount| uncached?.checked_sub(amount)),
        price_version: PRICE_VERSION,
    }
}

/// What these tokens cost; unknown when there is no price, or no sum that fits.
pub fn price_tokens(model: &ModelId, tokens: &TokenUsage, terms: PriceTerms) -> Option<NanoUsd> {
    ModelPrice::find(model)?.price(tokens, terms)
}

impl ModelPrice {
    fn price(&self, tokens: &TokenUsage, terms: PriceTerms) -> Option<NanoUsd> {
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
        if terms.fast && self.has_fast_mode {
            total = total.checked_mul(2)?;
        }
        if terms.us_only && self.has_us_rate {
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

    #[test]
    fn what_the_cache_saved_is_known_to_the_nano_dollar() {
        let saved = |tokens| {
            let model = ModelId::parse("claude-sonnet-5-5").unwrap();
            let cost = price_call(&model, Some(&report(tokens)));
            cost.saved.unwrap().0
        };
        let none = TokenUsage::default();
        // 2 USD a million tokens, 0.10 from the cache, 2.50 and 4 into it.
        let read = TokenUsage {
            cache_read: 10,
            ..none
        };
        assert_eq!(saved(read), 10 * 1_900);
        let written = TokenUsage {
            cache_write_5m: 10,
            cache_write_1h: 1,
            ..none
        };
        assert_eq!(saved(written), -(10 * 500 + 2_000));
        let both = TokenUsage {
            input: 7,
            output: 9,
            cache_read: 1,
            cache_write_5m: 4,
            ..none
        };
        assert_eq!(saved(both), 1_900 - 4 * 500);
        assert_eq!(
            price_call(&ModelId::parse("claude-next-9").unwrap(), None).saved,
            None
        );
    }

    fn tokens_of(range: std::ops::Range<u64>) -> impl Strategy<Value = TokenUsage> {
        proptest::collection::vec(range, 5).prop_map(|counts| TokenUsage {
            input: counts[0],
            output: counts[1],
            cache_read: counts[2],
            cache_write_5m: counts[3],
            cache_write_1h: counts[4],
            ..TokenUsage::default()
        })
    }

    proptest! {
        #[test]
        fn a_known_cost_is_never_negative(input in any::<u64>(), output in any::<u64>(), cache_read in any::<u64>()) {
            let tokens = TokenUsage { input, output, cache_read, ..TokenUsage::default() };
            for price in MODEL_PRICES {
                prop_assert!(price.price(&tokens, PriceTerms::default()).is_none_or(|cost| cost.0 >= 0));
            }
        }

        #[test]
        fn cost_and_savings_make_the_cost_without_a_cache(
            tokens in tokens_of(0..u64::MAX), at in 0..MODEL_PRICES.len(), fast in any::<bool>(), us_only in any::<bool>(),
        ) {
            let model = ModelId::parse(MODEL_PRICES[at].id).unwrap();
            let usage = UsageReport { fast, us_only, ..report(tokens) };
            let cost = price_call(&model, Some(&usage));
            let uncached = tokens
                .uncached()
                .and_then(|tokens| price_tokens(&model, &tokens, PriceTerms { fast, us_only }));
            match (cost.amount, cost.saved) {
                (Some(amount), Some(saved)) => prop_assert_eq!(amount.checked_add(saved), uncached),
                (amount, saved) => {
                    prop_assert_eq!(saved, None);
                    prop_assert!(amount.is_none() || uncached.is_none());
                }
            }
        }

        #[test]
        fn reading_saves_and_writing_costs(tokens in tokens_of(0..1_000_000_000), at in 0..MODEL_PRICES.len()) {
            let model = ModelId::parse(MODEL_PRICES[at].id).unwrap();
            let saved = |tokens| price_call(&model, Some(&report(tokens))).saved.unwrap().0;
            let read = TokenUsage { cache_write_5m: 0, cache_write_1h: 0, ..tokens };
            let written = TokenUsage { cache_read: 0, ..tokens };
            prop_assert!(saved(read) >= 0);
            prop_assert!(saved(written) <= 0);
            prop_assert_eq!(saved(tokens.uncached().unwrap()), 0);
        }
    }
}
