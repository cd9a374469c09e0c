//! Models and their prices.

use latchkey_application::models::ListedModel;
use latchkey_domain::{
    llm::ModelInfo,
    usage::{ModelPrice, PRICE_VERSION},
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
}

/// Prices in billionths of a US dollar a token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceView {
    /// Version of the price table.
    version: &'static str,
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
}

impl ModelView {
    /// The view of what the provider says of a model.
    pub fn of_info(info: &ModelInfo) -> Self {
        Self::with_price(info, ModelPrice::find(&info.id))
    }

    fn with_price(info: &ModelInfo, price: Option<&ModelPrice>) -> Self {
        Self {
            id: info.id.to_string(),
            display_name: info.display_name.clone(),
            created_at: time(info.created_at),
            max_input_tokens: info.max_input_tokens,
            max_output_tokens: info.max_output_tokens,
            price: price.map(|price| PriceView {
                version: PRICE_VERSION,
                input_nano_usd: price.prices.input,
                output_nano_usd: price.prices.output,
                cache_read_nano_usd: price.prices.cache_read,
                cache_write5m_nano_usd: price.prices.cache_write_5m,
                cache_write1h_nano_usd: price.prices.cache_write_1h,
            }),
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
            items: models
                .iter()
                .map(|model| ModelView::with_price(&model.info, model.price))
                .collect(),
            next_cursor: None,
        }
    }
}
