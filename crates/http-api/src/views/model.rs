//! Models and their prices.

use latchkey_application::models::ListedModel;
use latchkey_domain::{
    llm::{Effort, Feature, ModelCapabilities, ModelInfo, ModelLifecycle, ThinkingMode},
    usage::{ModelPrice, PRICE_VERSION, Prices},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::time;

/// A model.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelView {
    /// The provider's id.
    id: String,
    /// Its name for people.
    display_name: Option<String>,
    /// When it came out.
    created_at: Option<String>,
    /// Most tokens of a prompt.
    max_input_tokens: Option<u64>,
    /// Most tokens of an answer.
    max_output_tokens: Option<u64>,
    /// What its tokens cost; `null` when that isn't known.
    price: Option<PriceView>,
    /// What it takes; `null` when that isn't known. A message that asks for more is refused before it is sent.
    capabilities: Option<CapabilitiesView>,
    /// Where it is in its life; `null` when that isn't known.
    lifecycle: Option<LifecycleView>,
}

/// What a model's tokens cost. Fast mode costs twice, a call that is bound to the US a tenth more.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceView {
    /// Version of the price table.
    version: &'static str,
    #[serde(flatten)]
    rates: RatesView,
    /// What every token costs instead when the prompt is long; `null` if that is the same.
    long_prompt: Option<LongPromptView>,
}

/// Prices in billionths of a US dollar a token, and the same in US dollars a million tokens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RatesView {
    /// A token of the prompt.
    input_nano_usd: i64,
    /// A token of the answer.
    output_nano_usd: i64,
    /// A token read from the cache.
    cache_read_nano_usd: i64,
    /// A token written to the cache for five minutes.
    cache_write5m_nano_usd: i64,
    /// A token written to the cache for an hour.
    cache_write1h_nano_usd: i64,
    /// The same, for people.
    #[serde(rename = "perMillionTokensUsd")]
    per_million_tokens: PerMillionView,
}

/// US dollars a million tokens, exact decimals such as `"2.5"`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PerMillionView {
    /// Tokens of the prompt.
    input: String,
    /// Tokens of the answer.
    output: String,
    /// Tokens read from the cache.
    cache_read: String,
    /// Tokens written to the cache for five minutes.
    cache_write5m: String,
    /// Tokens written to the cache for an hour.
    cache_write1h: String,
}

/// Prices of long prompts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LongPromptView {
    /// Prompts of more tokens are long.
    over_tokens: u64,
    #[serde(flatten)]
    rates: RatesView,
}

impl PriceView {
    fn of(price: &ModelPrice) -> Self {
        let long = price.long_prompt;
        Self {
            version: PRICE_VERSION,
            rates: RatesView::of(&price.prices),
            long_prompt: long.map(|(over_tokens, prices)| LongPromptView {
                over_tokens,
                rates: RatesView::of(&prices),
            }),
        }
    }
}

impl RatesView {
    fn of(prices: &Prices) -> Self {
        Self {
            input_nano_usd: prices.input,
            output_nano_usd: prices.output,
            cache_read_nano_usd: prices.cache_read,
            cache_write5m_nano_usd: prices.cache_write_5m,
            cache_write1h_nano_usd: prices.cache_write_1h,
            per_million_tokens: PerMillionView {
                input: usd_per_million(prices.input),
                output: usd_per_million(prices.output),
                cache_read: usd_per_million(prices.cache_read),
                cache_write5m: usd_per_million(prices.cache_write_5m),
                cache_write1h: usd_per_million(prices.cache_write_1h),
            },
        }
    }
}

/// A thousandth of a dollar a million tokens is a billionth of a dollar a token.
fn usd_per_million(nano_usd: i64) -> String {
    let (whole, thousandths) = (nano_usd.div_euclid(1_000), nano_usd.rem_euclid(1_000));
    let text = format!("{whole}.{thousandths:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What a model takes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapabilitiesView {
    /// Values of `thinking.type`: `enabled`, `adaptive`, `disabled`.
    thinking: Vec<&'static str>,
    /// Values of `options.output_config.effort`; none if it has no such setting.
    efforts: Vec<&'static str>,
    /// What else it has, of `images`, `pdf`, `server_tools`, `forced_tools`, `structured_output`, `fast_mode`,
    /// `inference_geo` and `temperature`.
    features: Vec<&'static str>,
}

impl CapabilitiesView {
    fn of(known: &ModelCapabilities) -> Self {
        let (thinking, efforts, features) = (known.thinking, known.efforts, known.features);
        Self {
            thinking: thinking.iter().copied().map(ThinkingMode::as_str).collect(),
            efforts: efforts.iter().copied().map(Effort::as_str).collect(),
            features: features.iter().copied().map(Feature::as_str).collect(),
        }
    }
}

/// Where a model is in its life.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LifecycleView {
    /// `active`, `deprecated` (it answers, and its end is announced) or `retired` (it answers no more).
    stage: &'static str,
    /// When its end was announced, where known.
    deprecated_at: Option<String>,
    /// When it ends or ended, where known.
    retires_at: Option<String>,
    /// The model to use instead of one that is deprecated or retired.
    replacement: Option<&'static str>,
}

impl LifecycleView {
    fn of(life: &ModelLifecycle, replacement: Option<&'static str>) -> Self {
        Self {
            stage: life.stage.as_str(),
            deprecated_at: time(life.deprecated_at),
            retires_at: time(life.retires_at),
            replacement,
        }
    }
}

impl ModelView {
    /// The view of what the provider says of a model.
    pub fn of_info(info: &ModelInfo) -> Self {
        Self::of(&ListedModel::of(info.clone()))
    }

    fn of(model: &ListedModel) -> Self {
        let info = &model.info;
        let life = info.lifecycle.as_ref();
        Self {
            id: info.id.to_string(),
            display_name: info.display_name.clone(),
            created_at: time(info.created_at),
            max_input_tokens: info.max_input_tokens,
            max_output_tokens: info.max_output_tokens,
            price: model.price.map(PriceView::of),
            capabilities: model.capabilities.map(CapabilitiesView::of),
            lifecycle: life.map(|life| LifecycleView::of(life, model.successor)),
        }
    }
}

/// The models that can be used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelListView {
    /// The models.
    items: Vec<ModelView>,
    /// Always `null`: the list is complete.
    next_cursor: Option<String>,
}

impl ModelListView {
    /// The view of `models`.
    pub fn of(models: &[ListedModel]) -> Self {
        Self {
            items: models.iter().map(ModelView::of).collect(),
            next_cursor: None,
        }
    }
}
