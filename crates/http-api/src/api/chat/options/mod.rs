//! Fields of the provider's that pass through as they are: an allow-list, so that none can change where a request goes
//! or whose it is. What is known to be refused is refused here, with a word about what to do.

mod output;
mod tools;

use latchkey_domain::{
    RawJson,
    llm::{AskedFeatures, Feature},
};

use crate::{
    json::{Fault, Fields, Kind, Value, object},
    problem::FieldFault,
};

/// The options that were given.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What passes, by name, as it came.
    pub passed: Vec<(&'static str, RawJson)>,
    /// What of it not every model takes.
    pub asked: AskedFeatures,
}

/// What was read so far, for checks of one option against another.
#[derive(Default)]
struct Reading {
    asked: AskedFeatures,
    /// Names of the tools.
    tools: Vec<String>,
    /// The tool that is forced by name.
    forced: Option<String>,
    /// Whether there is a choice between tools.
    chooses: bool,
}

type Check = fn(Value<'_>, &mut Reading) -> Result<(), Fault>;

/// What passes.
const PASSED_ON: [(&str, Check); 8] = [
    ("output_config", output::check),
    ("stop_sequences", check_stop_sequences),
    ("tools", tools::check),
    ("tool_choice", tools::check_choice),
    ("service_tier", check_service_tier),
    ("speed", check_speed),
    ("inference_geo", check_geo),
    ("metadata", check_metadata),
];

/// The options that were given.
pub fn read(value: Value<'_>) -> Result<Options, Fault> {
    object(value, |fields: &mut Fields<'_>| {
        let mut reading = Reading::default();
        let mut passed = Vec::new();
        for (name, check) in PASSED_ON {
            let value = fields.optional(name, |value| {
                check(value, &mut reading)?;
                Ok(value.to_raw())
            });
            passed.extend(value.map(|value| (name, value)));
        }
        if reading.chooses && !fields.has("tools") {
            fields.fault("tool_choice", "needs tools to choose from");
        } else if let Some(forced) = &reading.forced
            && !reading.tools.contains(forced)
        {
            fields.fault("tool_choice", "must name one of the tools");
        }
        Some(Options {
            passed,
            asked: reading.asked,
        })
    })
}

/// A fault within an option.
fn inside(pointer: impl Into<String>, detail: impl Into<std::borrow::Cow<'static, str>>) -> Fault {
    Fault::Inside(vec![FieldFault {
        pointer: pointer.into(),
        detail: detail.into(),
    }])
}

fn word_of<'a>(value: Value<'_>, words: &[&'a str]) -> Result<&'a str, Fault> {
    let text = value.string();
    let found = words.iter().find(|word| text.as_deref() == Some(**word));
    found.copied().ok_or_else(|| {
        let detail = format!("must be one of {}", words.join(", "));
        Fault::Here(detail.into())
    })
}

fn check_stop_sequences(value: Value<'_>, _: &mut Reading) -> Result<(), Fault> {
    if value.kind() != Kind::Array {
        return Err("must be an array of texts".into());
    }
    let is_text = |item: Value<'_>| item.string().is_some_and(|text| !text.trim().is_empty());
    match value.items().position(|item| !is_text(item)) {
        Some(at) => Err(inside(
            format!("/{at}"),
            "must be a text that isn't white space alone",
        )),
        None => Ok(()),
    }
}

fn check_service_tier(value: Value<'_>, _: &mut Reading) -> Result<(), Fault> {
    word_of(value, &["auto", "standard_only"]).map(|_| ())
}

fn check_speed(value: Value<'_>, reading: &mut Reading) -> Result<(), Fault> {
    if word_of(value, &["standard", "fast"])? == "fast" {
        reading.asked.uses(Feature::FastMode);
    }
    Ok(())
}

fn check_geo(value: Value<'_>, reading: &mut Reading) -> Result<(), Fault> {
    if value.string().is_none_or(|geo| geo.trim().is_empty()) {
        return Err("must be a text such as us".into());
    }
    reading.asked.uses(Feature::InferenceGeo);
    Ok(())
}

/// `user_id` is for the provider to tell our users apart, and nobody's to choose.
fn check_metadata(value: Value<'_>, _: &mut Reading) -> Result<(), Fault> {
    if value.kind() != Kind::Object {
        return Err("must be an object".into());
    }
    if value.member("user_id").is_some() {
        return Err(inside("/user_id", "can't be chosen"));
    }
    Ok(())
}
