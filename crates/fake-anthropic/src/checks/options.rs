//! The small options: sampling, `output_config`, `stop_sequences`, `metadata`, `service_tier`, `speed` and others.

use serde_json::Value;

use super::Thinking;
use super::place::{Object, Place};
use crate::error::ApiError;
use crate::models::Model;

/// `temperature`, `top_p` and `top_k`, where the version knows them at all.
pub(super) fn check_sampling(
    body: &Object,
    model: &Model,
    thinking: Thinking,
) -> Result<(), ApiError> {
    let root = Place::Root;
    let number = |name: &str| {
        body.get(name)
            .map(|value| root.member(name).number(value))
            .transpose()
    };
    let temperature = number("temperature")?;
    let top_p = number("top_p")?;
    let top_k = body
        .get("top_k")
        .map(|value| root.member("top_k").integer_from(0, value))
        .transpose()?;
    for (name, value) in [("temperature", temperature), ("top_p", top_p)] {
        if value.is_some_and(|value| !(0.0..=1.0).contains(&value)) {
            return Err(ApiError::invalid_request(&format!("{name}: range: 0..1")));
        }
    }
    let is_default =
        |value: Option<f64>| value.is_none_or(|value| (value - 1.0).abs() < f64::EPSILON);
    if !model.takes_sampling() {
        let not_default = [
            ("temperature", is_default(temperature)),
            ("top_p", is_default(top_p)),
            ("top_k", top_k.is_none()),
        ];
        if let Some((name, _)) = not_default.iter().find(|(_, is_default)| !is_default) {
            return Err(ApiError::invalid_request(&format!(
                "`{name}` may only be set to its default for this model."
            )));
        }
    }
    if temperature.is_some() && top_p.is_some() && !model.takes_temperature_beside_top_p() {
        return Err(ApiError::invalid_request(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        ));
    }
    if thinking != Thinking::Off && !is_default(temperature) {
        return Err(ApiError::invalid_request(
            "`temperature` may only be set to 1 when thinking is enabled.",
        ));
    }
    if thinking != Thinking::Off && top_k.is_some() {
        return Err(ApiError::invalid_request(
            "`top_k` must be unset when thinking is enabled.",
        ));
    }
    Ok(())
}

/// `output_config`; gives the schema, if there is one.
pub(super) fn check_output_config<'a>(
    body: &'a Object,
    model: &Model,
) -> Result<Option<&'a Value>, ApiError> {
    let Some(value) = body.get("output_config") else {
        return Ok(None);
    };
    let place = Place::Root.member("output_config");
    let config = place.object(value)?;
    place.only(config, &["effort", "format", "task_budget"])?;
    if let Some(effort) = config.get("effort").filter(|effort| !effort.is_null()) {
        let effort = place
            .member("effort")
            .one_of(effort, &["low", "medium", "high", "xhigh", "max"])?;
        if !model.takes_effort("high") {
            return Err(ApiError::invalid_request(
                "This model does not support the effort parameter.",
            ));
        }
        if !model.takes_effort(effort) {
            return Err(ApiError::invalid_request(&format!(
                "This model does not support effort level '{effort}'."
            )));
        }
    }
    let Some(format) = config.get("format").filter(|format| !format.is_null()) else {
        return Ok(None);
    };
    let place = place.member("format");
    let format = place.object(format)?;
    place.only(format, &["type", "schema"])?;
    place
        .member("type")
        .one_of(place.required(format, "type")?, &["json_schema"])?;
    let schema = place.required(format, "schema")?;
    place.member("schema").object(schema)?;
    if !model.takes_structured_output() {
        return Err(ApiError::invalid_request(
            "This model does not support structured outputs.",
        ));
    }
    closed_objects(schema)?;
    Ok(Some(schema))
}

/// Every object of a schema must say `additionalProperties: false`.
fn closed_objects(schema: &Value) -> Result<(), ApiError> {
    match schema {
        Value::Object(members) => {
            let is_object = members.get("type").and_then(Value::as_str) == Some("object");
            if is_object && members.get("additionalProperties") != Some(&Value::Bool(false)) {
                return Err(ApiError::invalid_request(
                    "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to \
                     false",
                ));
            }
            members.values().try_for_each(closed_objects)
        }
        Value::Array(items) => items.iter().try_for_each(closed_objects),
        _ => Ok(()),
    }
}

pub(super) fn stop_sequences(body: &Object) -> Result<Vec<&str>, ApiError> {
    let Some(value) = body.get("stop_sequences").filter(|value| !value.is_null()) else {
        return Ok(Vec::new());
    };
    let place = Place::Root.member("stop_sequences");
    let mut sequences = Vec::new();
    for (index, item) in place.list(value)?.iter().enumerate() {
        let Some(sequence) = item.as_str() else {
            return Err(place.item(index).error("Input should be a valid string"));
        };
        if sequence.trim().is_empty() {
            return Err(place.error("each stop sequence must contain non-whitespace"));
        }
        sequences.push(sequence);
    }
    Ok(sequences)
}

pub(super) fn check_small_ones(body: &Object, model: &Model) -> Result<(), ApiError> {
    let root = Place::Root;
    if let Some(metadata) = body.get("metadata").filter(|metadata| !metadata.is_null()) {
        let place = root.member("metadata");
        let metadata = place.object(metadata)?;
        place.only(metadata, &["user_id"])?;
        let user_id = metadata.get("user_id").filter(|id| !id.is_null());
        if user_id.is_some_and(|id| id.as_str().is_none_or(|id| id.len() > 256)) {
            return Err(place
                .member("user_id")
                .error("String should have at most 256 characters"));
        }
    }
    if let Some(tier) = body.get("service_tier") {
        root.member("service_tier")
            .one_of(tier, &["auto", "standard_only"])?;
    }
    if let Some(speed) = body.get("speed").filter(|speed| !speed.is_null()) {
        let speed = root.member("speed").one_of(speed, &["standard", "fast"])?;
        let fast = [
            "claude-opus-4-8",
            "claude-opus-5",
            "claude-opus-5-5",
            "claude-fable-5-2",
        ];
        if speed == "fast" && !fast.contains(&model.id) {
            return Err(ApiError::invalid_request(&format!(
                "'{}' does not support the `speed` parameter.",
                model.id
            )));
        }
    }
    if let Some(geo) = body.get("inference_geo").filter(|geo| !geo.is_null()) {
        root.member("inference_geo").string(geo)?;
        if !model.takes_adaptive_thinking() {
            return Err(ApiError::invalid_request(
                "inference_geo is not supported for this model",
            ));
        }
    }
    if let Some(diagnostics) = body
        .get("diagnostics")
        .filter(|diagnostics| !diagnostics.is_null())
    {
        let place = root.member("diagnostics");
        place.only(place.object(diagnostics)?, &["previous_message_id"])?;
    }
    Ok(())
}
