//! What a message would cost.

use latchkey_application::chat::Estimate;
use latchkey_domain::usage::{NanoUsd, PRICE_VERSION};
use serde::Serialize;
use utoipa::ToSchema;

/// What a message would cost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EstimateView<'a> {
    /// The model that would answer.
    model: &'a str,
    /// Tokens of the prompt, as the provider counts them: system prompt, tools, all turns.
    input_tokens: u64,
    /// Most tokens of the answer.
    max_tokens: u32,
    /// What the prompt costs if nothing of it is read from or written to the cache.
    input_cost: EstimatedCostView,
    /// The most that the message can cost: the longest answer, and the whole prompt written to the cache if that is on.
    /// What the provider's tools add while the model answers is not in it.
    max_cost: EstimatedCostView,
}

/// What something would cost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EstimatedCostView {
    /// Billionths of a US dollar; `null` when the model's prices aren't known.
    amount_nano_usd: Option<i64>,
    /// Version of the price table.
    price_version: &'static str,
    /// Whether it is known.
    known: bool,
}

impl<'a> EstimateView<'a> {
    /// The view of `estimate`.
    pub fn of(estimate: &'a Estimate) -> Self {
        Self {
            model: estimate.model.as_str(),
            input_tokens: estimate.input_tokens,
            max_tokens: estimate.max_tokens,
            input_cost: EstimatedCostView::of(estimate.input_cost),
            max_cost: EstimatedCostView::of(estimate.max_cost),
        }
    }
}

impl EstimatedCostView {
    fn of(amount: Option<NanoUsd>) -> Self {
        Self {
            amount_nano_usd: amount.map(|amount| amount.0),
            price_version: PRICE_VERSION,
            known: amount.is_some(),
        }
    }
}
