//! `tools` and `tool_choice`: tools that the provider runs itself. Calls of any other tool would need somebody to
//! answer them, and the provider refuses a conversation with a call that nobody answered.

use latchkey_domain::llm::Feature;

use super::{Reading, inside, word_of};
use crate::{
    json::{Fault, Kind, Value},
    problem::FieldFault,
};

/// Tools that the provider runs; their types are these names with a date.
const SERVER_TOOLS: [&str; 3] = ["web_search", "web_fetch", "code_execution"];

pub(super) fn check(value: Value<'_>, reading: &mut Reading) -> Result<(), Fault> {
    if value.kind() != Kind::Array {
        return Err("must be an array of tools".into());
    }
    let mut faults = Vec::new();
    for (at, tool) in value.items().enumerate() {
        match check_tool(tool) {
            Ok(name) if reading.tools.iter().any(|other| other == name) => {
                faults.push((at, "/name", "must not be there twice"));
            }
            Ok(name) => reading.tools.push(name.to_owned()),
            Err((place, detail)) => faults.push((at, place, detail)),
        }
    }
    if faults.is_empty() {
        reading.asked.uses(Feature::ServerTools);
        return Ok(());
    }
    let faults = faults.into_iter().map(|(at, place, detail)| FieldFault {
        pointer: format!("/{at}{place}"),
        detail: detail.into(),
    });
    Err(Fault::Inside(faults.collect()))
}

/// The tool's name.
fn check_tool(tool: Value<'_>) -> Result<&'static str, (&'static str, &'static str)> {
    if tool.kind() != Kind::Object {
        return Err(("", "must be a tool"));
    }
    let kind = tool.member("type").and_then(Value::string);
    let known = SERVER_TOOLS.into_iter().find(|name| {
        let rest = kind.as_deref().and_then(|kind| kind.strip_prefix(name));
        let date = rest.and_then(|rest| rest.strip_prefix('_'));
        date.is_some_and(|date| date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()))
    });
    let Some(name) = known else {
        return Err((
            "/type",
            "must be a tool that the provider runs, such as web_search_20250305, web_fetch_20250910 or \
             code_execution_20250825: nobody here would answer the calls of another",
        ));
    };
    if tool.member("name").and_then(Value::string).as_deref() != Some(name) {
        return Err(("/name", "must be the type without its date"));
    }
    if tool.member("cache_control").is_some() {
        return Err((
            "/cache_control",
            "can't be given: prompts are cached by themselves, as the account's setting says",
        ));
    }
    Ok(name)
}

pub(super) fn check_choice(value: Value<'_>, reading: &mut Reading) -> Result<(), Fault> {
    if value.kind() != Kind::Object {
        return Err("must be an object".into());
    }
    let kind = value
        .member("type")
        .ok_or_else(|| inside("/type", "is required"))?;
    let kind = word_of(kind, &["auto", "any", "tool", "none"]).map_err(|fault| match fault {
        Fault::Here(detail) => inside("/type", detail),
        fault @ Fault::Inside(_) => fault,
    })?;
    reading.chooses = kind != "none";
    if matches!(kind, "any" | "tool") {
        reading.asked.uses(Feature::ForcedTools);
    }
    if kind == "tool" {
        let name = value.member("name").and_then(Value::string);
        let name = name.ok_or_else(|| inside("/name", "is required"))?;
        reading.forced = Some(name.into_owned());
    }
    Ok(())
}
