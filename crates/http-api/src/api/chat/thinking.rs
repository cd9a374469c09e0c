//! `thinking`: the provider's own object. Its form is checked here; whether the model takes it is known once the model is.

use latchkey_domain::{
    RawJson,
    llm::{AskedFeatures, ThinkingMode},
};

use crate::{
    json::{Fault, Kind, Value, whole_number},
    problem::FieldFault,
};

/// Fewest tokens that the provider takes as a budget.
const LEAST_BUDGET: u32 = 1_024;
/// More than any model thinks.
const MOST_BUDGET: u32 = 10_000_000;

/// The object, and what it asks of the model.
#[derive(Debug, Clone)]
pub struct Thinking {
    /// The object as it came.
    pub raw: RawJson,
    /// What not every model takes.
    pub asked: AskedFeatures,
}

/// Reads it. Kinds of thinking that are newer than this program pass: the provider says what it thinks of them.
pub fn read(value: Value<'_>) -> Result<Thinking, Fault> {
    if value.kind() != Kind::Object {
        return Err("must be an object".into());
    }
    let kind = value
        .member("type")
        .and_then(Value::string)
        .ok_or_else(|| inside("/type", "must be adaptive, enabled or disabled".into()))?;
    let mut asked = AskedFeatures::default();
    match &*kind {
        "enabled" => {
            asked.thinking = Some(ThinkingMode::Enabled);
            asked.thinking_budget = Some(budget(value)?);
        }
        "adaptive" => asked.thinking = Some(ThinkingMode::Adaptive),
        "disabled" => asked.thinking = Some(ThinkingMode::Disabled),
        _ => {}
    }
    Ok(Thinking {
        raw: value.to_raw(),
        asked,
    })
}

fn budget(value: Value<'_>) -> Result<u32, Fault> {
    let budget = value
        .member("budget_tokens")
        .ok_or_else(|| inside("/budget_tokens", "is required".into()))?;
    whole_number(LEAST_BUDGET..=MOST_BUDGET)(budget).map_err(|fault| match fault {
        Fault::Here(detail) => inside("/budget_tokens", detail),
        fault @ Fault::Inside(_) => fault,
    })
}

fn inside(pointer: &str, detail: std::borrow::Cow<'static, str>) -> Fault {
    Fault::Inside(vec![FieldFault {
        pointer: pointer.to_owned(),
        detail,
    }])
}
