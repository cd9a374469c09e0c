//! What each model takes, as data: the same table decides what is refused before a call and what `GET /api/models` says.
//!
//! As of 2026-11-22, from Anthropic's pages on thinking, effort, structured outputs, fast mode and the release notes of
//! each model. A model that isn't here is asked as it stands: the provider knows its newer models better.

use super::ModelId;
use crate::usage::ModelPrice;

/// A value of `thinking.type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThinkingMode {
    /// With a budget of tokens.
    Enabled,
    /// As much as the model finds right.
    Adaptive,
    /// None.
    Disabled,
}

impl ThinkingMode {
    /// The provider's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Adaptive => "adaptive",
            Self::Disabled => "disabled",
        }
    }
}

/// A value of `output_config.effort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effort {
    /// The least.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// More.
    Xhigh,
    /// All there is.
    Max,
}

impl Effort {
    /// All values, the least first.
    pub const ALL: [Self; 5] = [Self::Low, Self::Medium, Self::High, Self::Xhigh, Self::Max];

    /// The provider's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// The value with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effort| effort.as_str() == word)
    }
}

/// Something that not every model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    /// Images in messages.
    Images,
    /// PDF documents in messages.
    Pdf,
    /// Tools that the provider runs, such as web search.
    ServerTools,
    /// `tool_choice` that forces the use of a tool.
    ForcedTools,
    /// `output_config.format` with a schema.
    StructuredOutput,
    /// `speed: fast`.
    FastMode,
    /// `inference_geo`.
    InferenceGeo,
    /// A sampling temperature.
    Temperature,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Images,
        Self::Pdf,
        Self::ServerTools,
        Self::ForcedTools,
        Self::StructuredOutput,
        Self::FastMode,
        Self::InferenceGeo,
        Self::Temperature,
    ];

    /// The feature's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Pdf => "pdf",
            Self::ServerTools => "server_tools",
            Self::ForcedTools => "forced_tools",
            Self::StructuredOutput => "structured_output",
            Self::FastMode => "fast_mode",
            Self::InferenceGeo => "inference_geo",
            Self::Temperature => "temperature",
        }
    }
}

/// What a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelCapabilities {
    /// The kinds of thinking that can be asked for.
    pub thinking: &'static [ThinkingMode],
    /// The efforts that can be asked for; none if the model has no such setting.
    pub efforts: &'static [Effort],
    /// What else it has.
    pub features: &'static [Feature],
    /// Whether its thinking blocks hold only behind exactly what they came behind: system prompt, tools, every
    /// message before ("preserved thinking").
    pub binds_thinking: bool,
}

impl ModelCapabilities {
    /// What is known of this model, by its id or alias.
    pub fn of(model: &ModelId) -> Option<&'static Self> {
        let id = ModelPrice::find(model).map_or(model.as_str(), |price| price.id);
        let row = CAPABILITIES.iter().find(|(ids, _)| ids.contains(&id));
        row.map(|(_, capabilities)| capabilities)
    }

    /// Whether the model has `feature`.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }
}

use Effort::{High, Low, Max, Medium};
use Feature::{
    FastMode, ForcedTools, Images, InferenceGeo, Pdf, ServerTools, StructuredOutput, Temperature,
};
use ThinkingMode::{Adaptive, Disabled, Enabled};

/// Sonnet 4.5, Haiku 4.5: a budget for thinking, no effort.
const V4_5: ModelCapabilities = ModelCapabilities {
    thinking: &[Enabled, Disabled],
    efforts: &[],
    features: &[
        Images,
        Pdf,
        ServerTools,
        ForcedTools,
        StructuredOutput,
        Temperature,
    ],
    binds_thinking: false,
};

/// Both ways to think; the last with a temperature.
const V4_6: ModelCapabilities = ModelCapabilities {
    thinking: &[Enabled, Adaptive, Disabled],
    efforts: &[Low, Medium, High, Max],
    features: &[
        Images,
        Pdf,
        ServerTools,
        ForcedTools,
        StructuredOutput,
        InferenceGeo,
        Temperature,
    ],
    binds_thinking: false,
};

/// Adaptive thinking alone, which can be turned off.
const V4_7: ModelCapabilities = ModelCapabilities {
    thinking: &[Adaptive, Disabled],
    efforts: &Effort::ALL,
    features: &[
        Images,
        Pdf,
        ServerTools,
        ForcedTools,
        StructuredOutput,
        InferenceGeo,
    ],
    binds_thinking: false,
};

/// The same with fast mode.
const V4_8: ModelCapabilities = ModelCapabilities {
    features: &[
        Images,
        Pdf,
        ServerTools,
        ForcedTools,
        StructuredOutput,
        InferenceGeo,
        FastMode,
    ],
    ..V4_7
};

/// Thinks always, bound to its conversation; no tool can be forced.
const V5_1: ModelCapabilities = ModelCapabilities {
    thinking: &[Adaptive],
    features: &[Images, Pdf, ServerTools, StructuredOutput, InferenceGeo],
    binds_thinking: true,
    ..V4_7
};

/// The same with fast mode.
const V5_2: ModelCapabilities = ModelCapabilities {
    features: &[
        Images,
        Pdf,
        ServerTools,
        StructuredOutput,
        InferenceGeo,
        FastMode,
    ],
    ..V5_1
};

/// Ids of the price table, and what these models take. Retired ones and previews aren't here.
const CAPABILITIES: &[(&[&str], ModelCapabilities)] = &[
    (&["claude-fable-5-2", "claude-opus-5-5"], V5_2),
    (
        &["claude-mythos-5-2", "claude-fable-5-1", "claude-mythos-5-1"],
        V5_1,
    ),
    (
        &["claude-sonnet-5-5", "claude-haiku-5-5"],
        ModelCapabilities {
            binds_thinking: true,
            ..V4_7
        },
    ),
    (
        &["claude-fable-5", "claude-mythos-5"],
        ModelCapabilities {
            thinking: &[Adaptive],
            ..V4_7
        },
    ),
    (&["claude-opus-5", "claude-opus-4-8"], V4_8),
    (&["claude-sonnet-5", "claude-opus-4-7"], V4_7),
    (&["claude-opus-4-6", "claude-sonnet-4-6"], V4_6),
    (
        &["claude-opus-4-5-20251101"],
        ModelCapabilities {
            efforts: &[Low, Medium, High],
            ..V4_5
        },
    ),
    (
        &["claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"],
        V4_5,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        llm::{LifecycleStage, ModelLifecycle},
        usage::MODEL_PRICES,
    };

    fn of(model: &str) -> Option<&'static ModelCapabilities> {
        ModelCapabilities::of(&ModelId::parse(model).unwrap())
    }

    fn is_retired(model: &str) -> bool {
        let life = ModelLifecycle::of(&ModelId::parse(model).unwrap());
        life.unwrap().stage == LifecycleStage::Retired
    }

    #[test]
    fn every_model_that_runs_is_known_and_agrees_with_the_price_table() {
        for price in MODEL_PRICES {
            let Some(known) = of(price.id) else {
                assert!(
                    is_retired(price.id) || price.id.ends_with("-preview"),
                    "{}",
                    price.id
                );
                continue;
            };
            assert_eq!(known.has(FastMode), price.has_fast_mode, "{}", price.id);
            assert_eq!(known.has(InferenceGeo), price.has_us_rate, "{}", price.id);
            assert!(!known.thinking.is_empty() && known.efforts.is_sorted());
        }
        let listed: usize = CAPABILITIES.iter().map(|(ids, _)| ids.len()).sum();
        let priced = |ids: &&[&str]| {
            ids.iter()
                .filter(|id| MODEL_PRICES.iter().any(|price| price.id == **id))
                .count()
        };
        let found: usize = CAPABILITIES.iter().map(|(ids, _)| priced(ids)).sum();
        assert_eq!(found, listed, "no row without a price");
    }

    #[test]
    fn an_alias_has_what_its_model_has_and_strangers_nothing() {
        assert_eq!(of("claude-haiku-4-5"), of("claude-haiku-4-5-20251001"));
        assert!(of("claude-haiku-4-5").is_some());
        assert_eq!(of("claude-next-9"), None);
    }

    #[test]
    fn words_are_the_providers() {
        for effort in Effort::ALL {
            assert_eq!(Effort::parse(effort.as_str()), Some(effort));
        }
        assert_eq!(Effort::parse("extreme"), None);
        let names: std::collections::BTreeSet<_> = Feature::ALL.map(Feature::as_str).into();
        assert_eq!(names.len(), Feature::ALL.len());
    }
}
