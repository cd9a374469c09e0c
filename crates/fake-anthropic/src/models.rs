//! The models that the fake knows, and what each of them takes.

use serde_json::{Value, json};

/// A model line, which decides together with the version what a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Haiku,
    Sonnet,
    Opus,
    Fable,
    Mythos,
    /// Before the lines had names.
    Claude,
}

impl Line {
    fn name(self) -> &'static str {
        match self {
            Self::Haiku => "haiku",
            Self::Sonnet => "sonnet",
            Self::Opus => "opus",
            Self::Fable => "fable",
            Self::Mythos => "mythos",
            Self::Claude => "claude",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifecycle {
    Active,
    Deprecated,
    Retired,
}

/// When the end of each model that has one was announced, and when it comes or came.
const DEPRECATED_AT: &str = "2026-05-31T00:00:00Z";
const RETIRES_AT: &str = "2026-11-30T00:00:00Z";
const RETIRED_AT: &str = "2026-06-15T00:00:00Z";

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) id: &'static str,
    pub(crate) display_name: &'static str,
    line: Line,
    /// 4.5 is (4, 5).
    version: (u8, u8),
    created: &'static str,
    pub(crate) max_input_tokens: u64,
    pub(crate) max_tokens: u64,
    pub(crate) lifecycle: Lifecycle,
}

impl Model {
    pub(crate) fn thinks(&self) -> bool {
        self.version >= (3, 7)
    }

    /// `thinking: {type: enabled, budget_tokens}`
    pub(crate) fn takes_thinking_budget(&self) -> bool {
        self.thinks() && self.version <= (4, 6)
    }

    pub(crate) fn takes_adaptive_thinking(&self) -> bool {
        self.version >= (4, 6)
    }

    pub(crate) fn may_turn_thinking_off(&self) -> bool {
        match self.line {
            Line::Fable | Line::Mythos => false,
            Line::Opus => self.version < (5, 5),
            _ => true,
        }
    }

    /// Whether a thinking block holds only in the conversation that it came from ("preserved thinking").
    pub(crate) fn binds_thinking_to_conversation(&self) -> bool {
        match self.line {
            Line::Fable | Line::Mythos => self.version >= (5, 1),
            Line::Opus | Line::Sonnet | Line::Haiku => self.version >= (5, 5),
            Line::Claude => false,
        }
    }

    /// Whether `tool_choice` may be `any` or `tool`.
    pub(crate) fn may_force_tools(&self) -> bool {
        match self.line {
            Line::Fable | Line::Mythos => self.version < (5, 1),
            Line::Opus => self.version < (5, 5),
            _ => true,
        }
    }

    pub(crate) fn takes_prefill(&self) -> bool {
        self.version < (4, 6)
    }

    /// Whether `temperature`, `top_p` and `top_k` may differ from their defaults (on 2023-06-01).
    pub(crate) fn takes_sampling(&self) -> bool {
        self.version <= (4, 6)
    }

    pub(crate) fn takes_temperature_beside_top_p(&self) -> bool {
        self.version < (4, 1)
    }

    pub(crate) fn takes_effort(&self, effort: &str) -> bool {
        let any = self.version >= (4, 6) || (self.line == Line::Opus && self.version >= (4, 5));
        match effort {
            "xhigh" => self.version >= (4, 7),
            "max" => self.version >= (4, 6),
            _ => any,
        }
    }

    pub(crate) fn takes_structured_output(&self) -> bool {
        self.version >= (4, 5) || (self.line == Line::Opus && self.version >= (4, 1))
    }

    /// The tokenizer of 4.7 and later makes about 30 percent more tokens of the same text.
    pub(crate) fn tokens_of(&self, bytes: usize) -> u64 {
        let quarter = u64::try_from(bytes).unwrap_or(u64::MAX).div_ceil(4);
        if self.version >= (4, 7) {
            quarter.saturating_mul(13).div_ceil(10)
        } else {
            quarter
        }
    }

    pub(crate) fn row(&self) -> Value {
        let supported = |supported: bool| json!({ "supported": supported });
        let (lifecycle, deprecated_at, retires_at) = match self.lifecycle {
            Lifecycle::Active => ("active", None, None),
            Lifecycle::Deprecated => ("deprecated", Some(DEPRECATED_AT), Some(RETIRES_AT)),
            Lifecycle::Retired => ("retired", Some(DEPRECATED_AT), Some(RETIRED_AT)),
        };
        json!({
            "type": "model",
            "id": self.id,
            "display_name": self.display_name,
            "created_at": format!("{}T00:00:00Z", self.created),
            "max_input_tokens": self.max_input_tokens,
            "max_tokens": self.max_tokens,
            "lifecycle": lifecycle,
            "deprecated_at": deprecated_at,
            "retires_at": retires_at,
            "line": self.line.name(),
            "capabilities": {
                "batch": supported(true),
                "citations": supported(true),
                "effort": supported(self.takes_effort("high")),
                "image_input": supported(true),
                "pdf_input": supported(true),
                "structured_outputs": supported(self.takes_structured_output()),
                "thinking": {
                    "supported": self.thinks(),
                    "types": {
                        "enabled": supported(self.takes_thinking_budget()),
                        "adaptive": supported(self.takes_adaptive_thinking()),
                    },
                },
            },
        })
    }
}

/// The model of an id or alias, retired ones included.
pub(crate) fn find(id: &str) -> Option<&'static Model> {
    let id = match id {
        "claude-haiku-4-5" => "claude-haiku-4-5-20251001",
        "claude-sonnet-4-5" => "claude-sonnet-4-5-20250929",
        "claude-opus-4-5" => "claude-opus-4-5-20251101",
        id => id,
    };
    MODELS.iter().find(|model| model.id == id)
}

/// All models, newest first, retired ones included.
pub(crate) fn all() -> &'static [Model] {
    MODELS
}

/// The ids of the models that a default fake answers for, newest first.
#[must_use]
pub fn model_ids() -> Vec<&'static str> {
    MODELS
        .iter()
        .filter(|model| model.lifecycle != Lifecycle::Retired)
        .map(|model| model.id)
        .collect()
}

use Lifecycle::{Active, Deprecated, Retired};
use Line::{Claude, Fable, Haiku, Mythos, Opus, Sonnet};

#[expect(
    clippy::too_many_arguments,
    reason = "one row of a table, a column each"
)]
const fn row(
    id: &'static str,
    display_name: &'static str,
    line: Line,
    version: (u8, u8),
    created: &'static str,
    max_input_tokens: u64,
    max_tokens: u64,
    lifecycle: Lifecycle,
) -> Model {
    Model {
        id,
        display_name,
        line,
        version,
        created,
        max_input_tokens,
        max_tokens,
        lifecycle,
    }
}

#[rustfmt::skip]
const MODELS: &[Model] = &[
    row("claude-fable-5-2", "Claude Fable 5.2", Fable, (5, 2), "2026-11-09", 1_000_000, 128_000, Active),
    row("claude-haiku-5-5", "Claude Haiku 5.5", Haiku, (5, 5), "2026-10-07", 1_000_000, 128_000, Active),
    row("claude-sonnet-5-5", "Claude Sonnet 5.5", Sonnet, (5, 5), "2026-10-01", 1_000_000, 128_000, Active),
    row("claude-opus-5-5", "Claude Opus 5.5", Opus, (5, 5), "2026-09-22", 1_000_000, 128_000, Active),
    row("claude-fable-5-1", "Claude Fable 5.1", Fable, (5, 1), "2026-09-01", 1_000_000, 128_000, Active),
    row("claude-mythos-5-1", "Claude Mythos 5.1", Mythos, (5, 1), "2026-09-01", 1_000_000, 128_000, Active),
    row("claude-opus-5", "Claude Opus 5", Opus, (5, 0), "2026-07-24", 1_000_000, 128_000, Active),
    row("claude-sonnet-5", "Claude Sonnet 5", Sonnet, (5, 0), "2026-06-29", 1_000_000, 128_000, Active),
    row("claude-fable-5", "Claude Fable 5", Fable, (5, 0), "2026-06-07", 1_000_000, 128_000, Active),
    row("claude-opus-4-8", "Claude Opus 4.8", Opus, (4, 8), "2026-05-28", 1_000_000, 128_000, Active),
    row("claude-opus-4-7", "Claude Opus 4.7", Opus, (4, 7), "2026-04-14", 1_000_000, 128_000, Active),
    row("claude-sonnet-4-6", "Claude Sonnet 4.6", Sonnet, (4, 6), "2026-02-17", 1_000_000, 128_000, Active),
    row("claude-opus-4-6", "Claude Opus 4.6", Opus, (4, 6), "2026-02-04", 1_000_000, 128_000, Active),
    row("claude-opus-4-5-20251101", "Claude Opus 4.5", Opus, (4, 5), "2025-11-24", 200_000, 64_000, Deprecated),
    row("claude-haiku-4-5-20251001", "Claude Haiku 4.5", Haiku, (4, 5), "2025-10-15", 200_000, 64_000, Active),
    row("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", Sonnet, (4, 5), "2025-09-29", 200_000, 64_000, Deprecated),
    row("claude-opus-4-1-20250805", "Claude Opus 4.1", Opus, (4, 1), "2025-08-05", 200_000, 32_000, Retired),
    row("claude-opus-4-20250514", "Claude Opus 4", Opus, (4, 0), "2025-05-22", 200_000, 32_000, Retired),
    row("claude-sonnet-4-20250514", "Claude Sonnet 4", Sonnet, (4, 0), "2025-05-22", 200_000, 64_000, Retired),
    row("claude-3-7-sonnet-20250219", "Claude Sonnet 3.7", Sonnet, (3, 7), "2025-02-24", 200_000, 64_000, Retired),
    row("claude-3-5-haiku-20241022", "Claude Haiku 3.5", Haiku, (3, 5), "2024-10-22", 200_000, 8_192, Retired),
    row("claude-3-5-sonnet-20241022", "Claude Sonnet 3.5", Sonnet, (3, 5), "2024-10-22", 200_000, 8_192, Retired),
    row("claude-3-5-sonnet-20240620", "Claude Sonnet 3.5 (old)", Sonnet, (3, 5), "2024-06-20", 200_000, 8_192, Retired),
    row("claude-3-haiku-20240307", "Claude Haiku 3", Haiku, (3, 0), "2024-03-07", 200_000, 4_096, Retired),
    row("claude-3-opus-20240229", "Claude Opus 3", Opus, (3, 0), "2024-02-29", 200_000, 4_096, Retired),
    row("claude-3-sonnet-20240229", "Claude Sonnet 3", Sonnet, (3, 0), "2024-02-29", 200_000, 4_096, Retired),
    row("claude-2.1", "Claude 2.1", Claude, (2, 1), "2023-11-21", 200_000, 4_096, Retired),
];
