//! How long models live: which are on their way out, which are gone, and what answers in their place.
//!
//! As of 2026-11-22, from Anthropic's page on deprecations and LiteLLM 1.109.1. What the provider itself says of a model
//! goes before this table.

use time::{Date, macros::date};

use super::ModelId;
use crate::{time::Timestamp, usage::ModelPrice};

/// Where a model is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LifecycleStage {
    /// It answers and will go on to.
    Active,
    /// It answers, and its end is announced.
    Deprecated,
    /// It answers no more.
    Retired,
}

impl LifecycleStage {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 3] = [Self::Active, Self::Deprecated, Self::Retired];

    /// The provider's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deprecated => "deprecated",
            Self::Retired => "retired",
        }
    }

    /// The stage with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }
}

/// Where a model is in its life, and since and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelLifecycle {
    /// Where it is.
    pub stage: LifecycleStage,
    /// When its end was announced, where known.
    pub deprecated_at: Option<Timestamp>,
    /// When it ends or ended, where known.
    pub retires_at: Option<Timestamp>,
}

impl ModelLifecycle {
    /// What the table knows of this model, by its id or alias. Nothing is known of models without a price.
    pub fn of(model: &ModelId) -> Option<Self> {
        let id = ModelPrice::find(model)?.id;
        let leaving = LEAVING.iter().find(|leaving| leaving.id == id);
        Some(leaving.map_or(ACTIVE, |leaving| Self {
            stage: leaving.stage,
            deprecated_at: leaving.deprecated.map(midnight),
            retires_at: leaving.retires.map(midnight),
        }))
    }

    /// The same with the dates of `other` where there is none, if both speak of the same stage.
    #[must_use]
    pub fn or_dates_of(self, other: Option<Self>) -> Self {
        let other = other.filter(|other| other.stage == self.stage);
        Self {
            deprecated_at: self
                .deprecated_at
                .or(other.and_then(|other| other.deprecated_at)),
            retires_at: self.retires_at.or(other.and_then(|other| other.retires_at)),
            ..self
        }
    }
}

/// The model of today that stands where `model` stood; `None` for those of today and for strangers.
pub fn successor(model: &ModelId) -> Option<&'static str> {
    let id = ModelPrice::find(model)?.id;
    SUCCESSORS
        .iter()
        .find(|(_, older)| older.contains(&id))
        .map(|(newer, _)| *newer)
}

const ACTIVE: ModelLifecycle = ModelLifecycle {
    stage: LifecycleStage::Active,
    deprecated_at: None,
    retires_at: None,
};

/// A model that is on its way out, or gone.
struct Leaving {
    id: &'static str,
    stage: LifecycleStage,
    deprecated: Option<Date>,
    retires: Option<Date>,
}

const fn deprecated(id: &'static str, since: Option<Date>, retires: Option<Date>) -> Leaving {
    Leaving {
        id,
        stage: LifecycleStage::Deprecated,
        deprecated: since,
        retires,
    }
}

const fn retired(id: &'static str, at: Date) -> Leaving {
    Leaving {
        id,
        stage: LifecycleStage::Retired,
        deprecated: None,
        retires: Some(at),
    }
}

const LEAVING: &[Leaving] = &[
    deprecated("claude-mythos-preview", Some(date!(2026 - 06 - 09)), None),
    deprecated(
        "claude-sonnet-4-5-20250929",
        None,
        Some(date!(2026 - 11 - 30)),
    ),
    retired("claude-opus-4-1-20250805", date!(2026 - 08 - 05)),
    retired("claude-opus-4-20250514", date!(2026 - 06 - 15)),
    retired("claude-sonnet-4-20250514", date!(2026 - 06 - 15)),
    retired("claude-3-7-sonnet-20250219", date!(2026 - 02 - 19)),
    retired("claude-3-5-sonnet-20241022", date!(2025 - 10 - 28)),
    retired("claude-3-5-haiku-20241022", date!(2026 - 02 - 19)),
    retired("claude-3-opus-20240229", date!(2026 - 01 - 05)),
    retired("claude-3-sonnet-20240229", date!(2025 - 07 - 21)),
    retired("claude-3-haiku-20240307", date!(2026 - 04 - 20)),
    retired("claude-2.1", date!(2025 - 07 - 21)),
];

/// The newest model of each line, and the older ones of that line.
const SUCCESSORS: &[(&str, &[&str])] = &[
    ("claude-fable-5-2", &["claude-fable-5-1", "claude-fable-5"]),
    (
        "claude-mythos-5-2",
        &[
            "claude-mythos-5-1",
            "claude-mythos-5",
            "claude-mythos-preview",
        ],
    ),
    (
        "claude-opus-5-5",
        &[
            "claude-opus-5",
            "claude-opus-4-8",
            "claude-opus-4-7",
            "claude-opus-4-6",
            "claude-opus-4-5-20251101",
            "claude-opus-4-1-20250805",
            "claude-opus-4-20250514",
            "claude-3-opus-20240229",
        ],
    ),
    (
        "claude-sonnet-5-5",
        &[
            "claude-sonnet-5",
            "claude-sonnet-4-6",
            "claude-sonnet-4-5-20250929",
            "claude-sonnet-4-20250514",
            "claude-3-7-sonnet-20250219",
            "claude-3-5-sonnet-20241022",
            "claude-3-sonnet-20240229",
            "claude-2.1",
        ],
    ),
    (
        "claude-haiku-5-5",
        &[
            "claude-haiku-4-5-20251001",
            "claude-3-5-haiku-20241022",
            "claude-3-haiku-20240307",
        ],
    ),
];

fn midnight(day: Date) -> Timestamp {
    Timestamp::from_datetime(day.midnight().assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::MODEL_PRICES;

    fn id(text: &str) -> ModelId {
        ModelId::parse(text).unwrap()
    }

    #[test]
    fn every_priced_model_is_somewhere_in_its_life_and_strangers_are_nowhere() {
        for price in MODEL_PRICES {
            let life = ModelLifecycle::of(&id(price.id)).unwrap();
            let leaves = life.stage != LifecycleStage::Active;
            assert_eq!(
                leaves,
                life.deprecated_at.or(life.retires_at).is_some(),
                "{}: its end has a date",
                price.id
            );
            let newer = successor(&id(price.id));
            assert!(newer.is_some() || !leaves, "{}: has a successor", price.id);
        }
        assert_eq!(ModelLifecycle::of(&id("claude-next-9")), None);
        assert_eq!(successor(&id("claude-next-9")), None);
    }

    #[test]
    fn the_tables_speak_of_priced_models_alone_and_successors_are_of_today() {
        let priced = |name: &str| MODEL_PRICES.iter().any(|price| price.id == name);
        assert!(LEAVING.iter().all(|leaving| priced(leaving.id)));
        for (newer, older) in SUCCESSORS {
            let life = ModelLifecycle::of(&id(newer)).unwrap();
            assert_eq!(life, ACTIVE, "{newer}");
            assert_eq!(successor(&id(newer)), None, "{newer}");
            assert!(older.iter().all(|name| priced(name)));
        }
    }

    #[test]
    fn an_alias_lives_as_long_as_its_model() {
        let life = ModelLifecycle::of(&id("claude-sonnet-4-5")).unwrap();
        assert_eq!(life.stage, LifecycleStage::Deprecated);
        assert_eq!(
            life.retires_at.unwrap().to_string(),
            "2026-11-30T00:00:00.000000Z"
        );
        assert_eq!(
            successor(&id("claude-sonnet-4-5")),
            Some("claude-sonnet-5-5")
        );
    }

    #[test]
    fn dates_are_taken_from_another_of_the_same_stage_alone() {
        let at = |micros| Some(Timestamp::from_micros(micros));
        let life = |stage, deprecated_at, retires_at| ModelLifecycle {
            stage,
            deprecated_at,
            retires_at,
        };
        let own = life(LifecycleStage::Deprecated, at(1), None);
        let same = life(LifecycleStage::Deprecated, at(2), at(3));
        let other = life(LifecycleStage::Retired, at(2), at(3));
        assert_eq!(
            own.or_dates_of(Some(same)),
            life(LifecycleStage::Deprecated, at(1), at(3))
        );
        assert_eq!(own.or_dates_of(Some(other)), own);
        assert_eq!(own.or_dates_of(None), own);
    }

    #[test]
    fn words_are_the_providers() {
        for stage in LifecycleStage::ALL {
            assert_eq!(LifecycleStage::parse(stage.as_str()), Some(stage));
        }
        assert_eq!(LifecycleStage::parse("gone"), None);
    }
}
