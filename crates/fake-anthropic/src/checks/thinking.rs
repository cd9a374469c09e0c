//! `thinking`: which model takes which form.

use super::place::{Object, Place};
use super::{Terms, Thinking};
use crate::error::ApiError;
use crate::models::Model;

pub(super) fn check(
    body: &Object,
    model: &Model,
    max_tokens: u64,
    terms: &Terms<'_>,
) -> Result<Thinking, ApiError> {
    let Some(value) = body.get("thinking") else {
        return Ok(Thinking::Off);
    };
    let place = Place::Root.member("thinking");
    let thinking = place.object(value)?;
    let kinds = ["adaptive", "between_tools", "disabled", "enabled"];
    let kind = place
        .member("type")
        .one_of(place.required(thinking, "type")?, &kinds)?;
    let place = place.member(kind);
    match kind {
        "enabled" => place.only(thinking, &["type", "budget_tokens", "display"])?,
        "adaptive" if terms.has_beta("thinking-binding-controls-") => {
            place.only(thinking, &["type", "display", "block_binding"])?;
        }
        "adaptive" => place.only(thinking, &["type", "display"])?,
        _ => place.only(thinking, &["type"])?,
    }
    match kind {
        "enabled" => budget(thinking, model, max_tokens, &place, terms)?,
        "disabled" => {
            return if model.may_turn_thinking_off() {
                Ok(Thinking::Off)
            } else {
                Err(unsupported(kind))
            };
        }
        _ if !model.takes_adaptive_thinking() => {
            return Err(ApiError::invalid_request(&format!(
                "{kind} thinking is not supported on this model"
            )));
        }
        _ => {}
    }
    match thinking.get("display") {
        None => Ok(Thinking::Shown),
        Some(display) => {
            let mut displays = vec!["summarized", "omitted"];
            if terms.has_beta("thinking-display-updates-") {
                displays.push("updates");
            }
            let display = place.member("display").one_of(display, &displays)?;
            Ok(if display == "omitted" {
                Thinking::Hidden
            } else {
                Thinking::Shown
            })
        }
    }
}

/// Whether the request lets the service drop thinking that is bound to another conversation.
pub(super) fn drops_unbound(body: &Object) -> bool {
    let behavior = body
        .get("thinking")
        .and_then(|thinking| thinking.pointer("/block_binding/prefix_mismatch_behavior"));
    behavior.and_then(serde_json::Value::as_str) == Some("drop_block")
}

fn unsupported(kind: &str) -> ApiError {
    ApiError::invalid_request(&format!(
        "\"thinking.type.{kind}\" is not supported for this model. Use \"thinking.type.adaptive\" and \
         \"output_config.effort\" to control thinking behavior."
    ))
}

fn budget(
    thinking: &Object,
    model: &Model,
    max_tokens: u64,
    place: &Place<'_>,
    terms: &Terms<'_>,
) -> Result<(), ApiError> {
    if !model.thinks() {
        return Err(ApiError::invalid_request(
            "thinking is not supported on this model",
        ));
    }
    if !model.takes_thinking_budget() {
        return Err(unsupported("enabled"));
    }
    let budget = place
        .member("budget_tokens")
        .integer_from(1_024, place.required(thinking, "budget_tokens")?)?;
    let interleaved = terms.has_beta("interleaved-thinking-");
    if !terms.counting && !interleaved && budget >= max_tokens {
        return Err(ApiError::invalid_request(
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at \
             https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size",
        ));
    }
    Ok(())
}
