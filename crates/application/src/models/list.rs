//! Listing the models that somebody can use, with their prices.

use latchkey_domain::{
    api_key::{ApiKey, first_usable},
    llm::{ModelId, ModelInfo},
    usage::{MODEL_PRICES, ModelPrice},
};

use super::{Models, ModelsError};
use crate::Actor;

/// A model and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedModel {
    /// The model.
    pub info: ModelInfo,
    /// Its prices; `None` when they aren't known.
    pub price: Option<&'static ModelPrice>,
}

impl Models {
    /// What the provider lists for the key that would pay next: the actor's first usable one. Without such a key, the
    /// models of the price table that the provider still runs.
    ///
    /// # Errors
    /// [`ModelsError::Provider`] when the provider doesn't list them for that key, [`ModelsError::Unreadable`] when
    /// its seal doesn't open.
    pub async fn list(&self, actor: Option<&Actor>) -> Result<Vec<ListedModel>, ModelsError> {
        match self.key_in_use(actor).await? {
            Some(key) => self.provided_to(&key).await,
            None => Ok(priced_models().collect()),
        }
    }

    async fn key_in_use(&self, actor: Option<&Actor>) -> Result<Option<ApiKey>, ModelsError> {
        let Some(actor) = actor else {
            return Ok(None);
        };
        let keys = self.ports.api_keys.list_api_keys(actor.owner()).await?;
        Ok(first_usable(&keys, self.ports.clock.now()).cloned())
    }

    async fn provided_to(&self, key: &ApiKey) -> Result<Vec<ListedModel>, ModelsError> {
        let secret = self.api_keys.open(key).await?;
        let models = self.ports.llm.list_models(&secret).await?;
        Ok(models.into_iter().map(with_price).collect())
    }
}

fn with_price(info: ModelInfo) -> ListedModel {
    ListedModel {
        price: ModelPrice::find(&info.id),
        info,
    }
}

fn priced_models() -> impl Iterator<Item = ListedModel> {
    let running = MODEL_PRICES.iter().filter(|price| !price.retired);
    running.filter_map(|price| {
        Some(ListedModel {
            info: info_from(price)?,
            price: Some(price),
        })
    })
}

fn info_from(price: &ModelPrice) -> Option<ModelInfo> {
    Some(ModelInfo {
        id: ModelId::parse(price.id).ok()?,
        display_name: None,
        created_at: None,
        max_input_tokens: Some(price.context.into()),
        max_output_tokens: price.max_output.map(Into::into),
    })
}
