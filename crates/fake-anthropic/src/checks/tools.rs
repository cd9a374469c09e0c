//! `tools` and `tool_choice`.

use serde_json::Value;

use super::place::{Object, Place};
use super::{Breakpoints, Thinking};
use crate::error::ApiError;
use crate::models::Model;

/// Tools that the service defines come with a date in their type.
const TYPED: [&str; 10] = [
    "bash_",
    "text_editor_",
    "memory_",
    "web_search_",
    "web_fetch_",
    "code_execution_",
    "tool_search_tool_",
    "computer_",
    "browser_toolset_",
    "advisor_",
];
const CUSTOM: [&str; 10] = [
    "type",
    "name",
    "description",
    "input_schema",
    "strict",
    "defer_loading",
    "eager_input_streaming",
    "input_examples",
    "allowed_callers",
    "cache_control",
];

/// Checks them and tells how many bytes the tools add to the prompt.
pub(super) fn check(
    body: &Object,
    model: &Model,
    thinking: Thinking,
    breakpoints: &mut Breakpoints,
) -> Result<usize, ApiError> {
    let mut names = Vec::new();
    let mut bytes = 0;
    if let Some(value) = body.get("tools") {
        let tools = Place::Root.member("tools");
        for (index, tool) in tools.list(value)?.iter().enumerate() {
            let place = tools.item(index);
            let object = place.object(tool)?;
            names.push(check_tool(object, &place)?);
            breakpoints.of_block(object, &place)?;
            bytes += tool.to_string().len();
        }
    }
    let distinct: std::collections::HashSet<_> = names.iter().collect();
    if distinct.len() < names.len() {
        return Err(ApiError::invalid_request(
            "tools: Tool names must be unique.",
        ));
    }
    if let Some(choice) = body.get("tool_choice").filter(|choice| !choice.is_null()) {
        check_choice(choice, &names, model, thinking)?;
    }
    Ok(bytes)
}

fn check_tool<'a>(tool: &'a Object, place: &Place<'_>) -> Result<&'a str, ApiError> {
    let kind = tool
        .get("type")
        .filter(|kind| !kind.is_null())
        .map_or(Some("custom"), Value::as_str);
    let is_typed = kind.is_some_and(|kind| TYPED.iter().any(|prefix| kind.starts_with(prefix)));
    if kind != Some("custom") && !is_typed {
        return Err(place.error(&format!(
            "Input tag '{}' found using 'type' does not match any of the expected tags",
            kind.unwrap_or_default()
        )));
    }
    let place = place.member(kind.unwrap_or("custom"));
    let Some(name) = tool.get("name").and_then(Value::as_str) else {
        return Err(place.member("name").error("Field required"));
    };
    if is_typed {
        return Ok(name);
    }
    place.only(tool, &CUSTOM)?;
    let well_named = (1..=128).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if !well_named {
        return Err(place
            .member("name")
            .error("String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"));
    }
    let Some(schema) = tool.get("input_schema") else {
        return Err(place.member("input_schema").error("Field required"));
    };
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return Err(place
            .member("input_schema")
            .member("type")
            .error("Input should be 'object'"));
    }
    Ok(name)
}

fn check_choice(
    choice: &Value,
    names: &[&str],
    model: &Model,
    thinking: Thinking,
) -> Result<(), ApiError> {
    let place = Place::Root.member("tool_choice");
    let choice = place.object(choice)?;
    let kind = place.member("type").one_of(
        place.required(choice, "type")?,
        &["auto", "any", "tool", "none"],
    )?;
    match kind {
        "tool" => place
            .member(kind)
            .only(choice, &["type", "name", "disable_parallel_tool_use"])?,
        "none" => place.member(kind).only(choice, &["type"])?,
        _ => place
            .member(kind)
            .only(choice, &["type", "disable_parallel_tool_use"])?,
    }
    if names.is_empty() && kind != "none" {
        return Err(place.error("Can only set tool_choice when tools are provided"));
    }
    if kind == "tool" {
        let name = place.member(kind).required_string(choice, "name")?;
        if !names.contains(&name) {
            return Err(ApiError::invalid_request(&format!(
                "Tool '{name}' not found in provided tools"
            )));
        }
    }
    let forces = matches!(kind, "any" | "tool");
    if forces && !model.may_force_tools() {
        return Err(place.error("forcing tool use is not supported for this model"));
    }
    if forces && thinking != Thinking::Off {
        return Err(ApiError::invalid_request(
            "Thinking may not be enabled when tool_choice forces tool use.",
        ));
    }
    Ok(())
}
