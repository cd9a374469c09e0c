//! Which models still take a sampling temperature.

use latchkey_domain::llm::ModelId;

/// What a model does with a temperature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Temperature {
    /// It follows it: version 4.6 and older.
    Taken,
    /// It refuses any: version 4.7 and newer.
    Refused,
    /// We don't know the model; the provider says.
    Unknown,
}

impl Temperature {
    pub(super) fn of(model: &ModelId) -> Self {
        match version(model.as_str()) {
            Some(version) if version < (4, 7) => Self::Taken,
            Some(_) => Self::Refused,
            None => Self::Unknown,
        }
    }
}

/// The version in `claude-opus-4-6`, `claude-haiku-4-5-20251001`, `claude-3-5-sonnet-20241022`, `claude-2.1`.
fn version(model: &str) -> Option<(u32, u32)> {
    let mut parts = model.strip_prefix("claude-")?.split(['-', '.']).peekable();
    if parts.peek()?.parse::<u32>().is_err() {
        parts.next();
    }
    let major = parts.next()?.parse().ok()?;
    let minor = parts
        .next()
        .filter(|part| part.len() <= 2)
        .and_then(|part| part.parse().ok())
        .unwrap_or(0);
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_six_is_the_last_that_takes_it() {
        for (model, expected) in [
            ("claude-2.1", Temperature::Taken),
            ("claude-3-haiku-20240307", Temperature::Taken),
            ("claude-3-5-sonnet-20241022", Temperature::Taken),
            ("claude-opus-4-20250514", Temperature::Taken),
            ("claude-haiku-4-5", Temperature::Taken),
            ("claude-haiku-4-5-20251001", Temperature::Taken),
            ("claude-sonnet-4-6", Temperature::Taken),
            ("claude-opus-4-6", Temperature::Taken),
            ("claude-opus-4-7", Temperature::Refused),
            ("claude-opus-4-8", Temperature::Refused),
            ("claude-opus-5", Temperature::Refused),
            ("claude-sonnet-5-5", Temperature::Refused),
            ("claude-haiku-5-5-20261007", Temperature::Refused),
            ("claude-fable-5-2", Temperature::Refused),
            ("claude-mythos-preview", Temperature::Unknown),
            ("another-model", Temperature::Unknown),
        ] {
            let model = ModelId::parse(model).unwrap();
            assert_eq!(Temperature::of(&model), expected, "{model}");
        }
    }
}
