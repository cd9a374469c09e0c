//! Listing the models that somebody can use: what the provider says of them, and what our tables know besides.

use latchkey_domain::{
    api_key::{ApiKey, first_usable},
    llm::{LifecycleStage, ModelCapabilities, ModelId, ModelInfo, ModelLifecycle, successor},
    usage::{MODEL_PRICES, ModelPrice},
};

use super::{Models, ModelsError};
use crate::Actor;

/// A model and what is known of it. What neither the provider nor a table says is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedModel {
    /// The model. Where the provider says nothing, it has what the tables know.
    pub info: ModelInfo,
    /// Its prices.
    pub price: Option<&'static ModelPrice>,
    /// What it takes.
    pub capabilities: Option<&'static ModelCapabilities>,
    /// What to use instead of a model that is leaving or gone.
    pub successor: Option<&'static str>,
}

impl ListedModel {
    /// What is known of a model of which the provider says `info`.
    pub fn of(mut info: ModelInfo) -> Self {
        let price = ModelPrice::find(&info.id);
        let context = price.map(|price| u64::from(price.context));
        let longest = price.and_then(|price| price.max_output).map(u64::from);
        let known = ModelLifecycle::of(&info.id);
        info.max_input_tokens = info.max_input_tokens.or(context);
        info.max_output_tokens = info.max_output_tokens.or(longest);
        info.lifecycle = info.lifecycle.map(|said| said.or_dates_of(known)).or(known);
        let leaves = stage_of(&info).is_some_and(|stage| stage != LifecycleStage::Active);
        Self {
            price,
            capabilities: ModelCapabilities::of(&info.id),
            successor: leaves.then(|| successor(&info.id)).flatten(),
            info,
        }
    }

    /// Whether it is in one of these stages. One of which nobody knows answers, or the provider would not list it.
    fn is_in(&self, stages: &[LifecycleStage]) -> bool {
        stages.contains(&stage_of(&self.info).unwrap_or(LifecycleStage::Active))
    }
}

impl Models {
    /// The models in one of these stages: what the provider lists for the key that would pay next, the actor's first
    /// usable one, and of those that it lists no more, what the tables know. Without such a key, the tables alone.
    ///
    /// # Errors
    /// [`ModelsError::Provider`] when the provider doesn't list them for that key, [`ModelsError::Unreadable`] when
    /// its seal doesn't open.
    pub async fn list(
        &self,
        actor: Option<&Actor>,
        stages: &[LifecycleStage],
    ) -> Result<Vec<ListedModel>, ModelsError> {
        let mut models = match self.key_in_use(actor).await? {
            Some(key) => with_retired(self.provided_to(&key).await?),
            None => known_models().collect(),
        };
        models.retain(|model| model.is_in(stages));
        Ok(models)
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
        Ok(models.into_iter().map(ListedModel::of).collect())
    }
}

/// The provider's list, and behind it the retired ones of the tables that it leaves out.
fn with_retired(mut listed: Vec<ListedModel>) -> Vec<ListedModel> {
    let gone = known_models().filter(|known| known.is_in(&[LifecycleStage::Retired]));
    let left_out: Vec<ListedModel> = gone
        .filter(|gone| listed.iter().all(|model| model.info.id != gone.info.id))
        .collect();
    listed.extend(left_out);
    listed
}

fn known_models() -> impl Iterator<Item = ListedModel> {
    let ids = MODEL_PRICES.iter().map(|price| price.id);
    ids.filter_map(|id| {
        Some(ListedModel::of(ModelInfo {
            id: ModelId::parse(id).ok()?,
            display_name: None,
            created_at: None,
            max_input_tokens: None,
            max_output_tokens: None,
            lifecycle: None,
        }))
    })
}

fn stage_of(info: &ModelInfo) -> Option<LifecycleStage> {
    info.lifecycle.map(|lifecycle| lifecycle.stage)
}
