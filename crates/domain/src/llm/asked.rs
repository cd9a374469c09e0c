//! What a request asks of its model beyond words, and what of that the model is known not to take.

use super::{Effort, Feature, ModelCapabilities, ModelId, ThinkingMode};
use crate::usage::ModelPrice;

/// Most images of a request for models that read 200,000 tokens (Anthropic's page on vision, 2026).
const MAX_IMAGES_OF_SHORT_MODELS: u32 = 100;
/// Most images of a request for all others (the same page).
const MAX_IMAGES: u32 = 600;
/// The context of the models with the lower limit.
const SHORT_CONTEXT: u32 = 200_000;

/// What a request asks for that not every model takes. What isn't here is for the provider to judge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedFeatures {
    /// `thinking.type`, if it is one that we know.
    pub thinking: Option<ThinkingMode>,
    /// `thinking.budget_tokens`.
    pub thinking_budget: Option<u32>,
    /// `output_config.effort`.
    pub effort: Option<Effort>,
    /// The features that it makes use of.
    pub features: Vec<Feature>,
    /// How many images come with it.
    pub images: u32,
}

impl AskedFeatures {
    /// Notes the use of `feature`.
    pub fn uses(&mut self, feature: Feature) {
        if !self.features.contains(&feature) {
            self.features.push(feature);
        }
    }

    /// The same together with what `other` asks for.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.thinking = self.thinking.or(other.thinking);
        self.thinking_budget = self.thinking_budget.or(other.thinking_budget);
        self.effort = self.effort.or(other.effort);
        for feature in other.features {
            self.uses(feature);
        }
        self.images = self.images.saturating_add(other.images);
        self
    }

    /// What of this `model` is known not to take, in an answer of at most `max_tokens`.
    pub fn misfits(&self, model: &ModelId, max_tokens: u32) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        let price = ModelPrice::find(model);
        if let Some(most) = price.and_then(|price| price.max_output)
            && max_tokens > most
        {
            misfits.push(Misfit::MaxTokens { most });
        }
        let is_short = price.is_some_and(|price| price.context <= SHORT_CONTEXT);
        let most = if is_short {
            MAX_IMAGES_OF_SHORT_MODELS
        } else {
            MAX_IMAGES
        };
        if self.images > most {
            misfits.push(Misfit::TooManyImages { most });
        }
        if let Some(budget) = self.thinking_budget
            && budget >= max_tokens
        {
            misfits.push(Misfit::ThinkingBudget { max_tokens });
        }
        let thinks = matches!(
            self.thinking,
            Some(ThinkingMode::Enabled | ThinkingMode::Adaptive)
        );
        if thinks && self.features.contains(&Feature::ForcedTools) {
            misfits.push(Misfit::ForcedToolWhileThinking);
        }
        if let Some(capabilities) = ModelCapabilities::of(model) {
            self.beyond(capabilities, &mut misfits);
        }
        misfits
    }

    fn beyond(&self, capabilities: &'static ModelCapabilities, misfits: &mut Vec<Misfit>) {
        if let Some(thinking) = self.thinking
            && !capabilities.thinking.contains(&thinking)
        {
            misfits.push(Misfit::Thinking {
                taken: capabilities.thinking,
            });
        }
        if let Some(effort) = self.effort
            && !capabilities.efforts.contains(&effort)
        {
            misfits.push(Misfit::Effort {
                taken: capabilities.efforts,
            });
        }
        let missing = |feature: &&Feature| !capabilities.has(**feature);
        misfits.extend(
            self.features
                .iter()
                .filter(missing)
                .copied()
                .map(Misfit::Feature),
        );
    }
}

/// Something that the model is known not to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// Another kind of thinking.
    Thinking {
        /// Those that it takes.
        taken: &'static [ThinkingMode],
    },
    /// A budget for thinking that leaves nothing for the answer.
    ThinkingBudget {
        /// Most tokens of the answer, thinking included.
        max_tokens: u32,
    },
    /// Another effort.
    Effort {
        /// Those that it takes; none if it has no such setting.
        taken: &'static [Effort],
    },
    /// A feature that it doesn't have.
    Feature(Feature),
    /// A forced tool, which no model uses while it thinks.
    ForcedToolWhileThinking,
    /// A longer answer than it writes.
    MaxTokens {
        /// The longest.
        most: u32,
    },
    /// More images than it takes.
    TooManyImages {
        /// As many as it takes.
        most: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::MODEL_PRICES;
    use proptest::prelude::*;

    fn model(id: &str) -> ModelId {
        ModelId::parse(id).unwrap()
    }

    fn thinking(mode: ThinkingMode) -> AskedFeatures {
        AskedFeatures {
            thinking: Some(mode),
            ..AskedFeatures::default()
        }
    }

    #[test]
    fn each_model_has_its_rules_of_thinking() {
        use ThinkingMode::{Adaptive, Disabled, Enabled};
        for (id, taken) in [
            ("claude-haiku-4-5", vec![Enabled, Disabled]),
            ("claude-sonnet-4-6", vec![Enabled, Adaptive, Disabled]),
            ("claude-opus-4-7", vec![Adaptive, Disabled]),
            ("claude-sonnet-5-5", vec![Adaptive, Disabled]),
            ("claude-fable-5", vec![Adaptive]),
            ("claude-opus-5-5", vec![Adaptive]),
            ("claude-next-9", vec![Enabled, Adaptive, Disabled]),
        ] {
            for mode in [Enabled, Adaptive, Disabled] {
                let misfits = thinking(mode).misfits(&model(id), 16_000);
                assert_eq!(misfits.is_empty(), taken.contains(&mode), "{id} {mode:?}");
            }
        }
    }

    #[test]
    fn a_budget_leaves_room_for_the_answer() {
        let mut asked = thinking(ThinkingMode::Enabled);
        asked.thinking_budget = Some(1_999);
        let haiku = model("claude-haiku-4-5");
        assert_eq!(asked.misfits(&haiku, 2_000), []);
        asked.thinking_budget = Some(2_000);
        assert_eq!(
            asked.misfits(&haiku, 2_000),
            [Misfit::ThinkingBudget { max_tokens: 2_000 }]
        );
    }

    #[test]
    fn a_tool_cannot_be_forced_everywhere() {
        let mut asked = AskedFeatures::default();
        asked.uses(Feature::ForcedTools);
        asked.uses(Feature::ForcedTools);
        assert_eq!(
            asked.misfits(&model("claude-opus-5-5"), 1),
            [Misfit::Feature(Feature::ForcedTools)]
        );
        assert_eq!(asked.misfits(&model("claude-sonnet-5-5"), 1), []);
        asked.thinking = Some(ThinkingMode::Adaptive);
        assert_eq!(
            asked.misfits(&model("claude-sonnet-5-5"), 1),
            [Misfit::ForcedToolWhileThinking]
        );
    }

    #[test]
    fn effort_length_and_images_have_each_models_limits() {
        let mut asked = AskedFeatures {
            effort: Some(Effort::Xhigh),
            images: 101,
            ..AskedFeatures::default()
        };
        let misfits = asked.misfits(&model("claude-haiku-4-5"), 64_001);
        assert_eq!(
            misfits,
            [
                Misfit::MaxTokens { most: 64_000 },
                Misfit::TooManyImages { most: 100 },
                Misfit::Effort { taken: &[] }
            ]
        );
        assert_eq!(asked.misfits(&model("claude-opus-5-5"), 64_001), []);
        asked.images = 601;
        assert_eq!(asked.misfits(&model("claude-next-9"), 64_001).len(), 1);
    }

    proptest! {
        #[test]
        fn who_asks_for_nothing_fits_everywhere(max_tokens in 1u32..4_096) {
            for price in MODEL_PRICES {
                prop_assert_eq!(AskedFeatures::default().misfits(&model(price.id), max_tokens), vec![]);
            }
        }
    }
}
