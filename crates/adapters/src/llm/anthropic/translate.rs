//! From our request to Anthropic's, as JSON text. What came from the provider goes back byte for byte.

use std::fmt::Write;

use latchkey_domain::{
    RawJson,
    llm::{LlmError, LlmErrorKind, LlmRequest, TurnRole},
    user::CacheLifetime,
};

use super::{
    bound_thinking,
    sampling::Temperature,
    shown_content::{ShownContent, Viewer},
};
use crate::json_text::push_string;

/// The version of the API that we speak.
const CURRENT_VERSION: &str = "2026-10-21";
/// The one before, which alone has `temperature`.
const VERSION_WITH_TEMPERATURE: &str = "2023-06-01";
/// Members that an option must not bring in.
const OWN_MEMBERS: [&str; 8] = [
    "model",
    "max_tokens",
    "stream",
    "system",
    "messages",
    "thinking",
    "temperature",
    "cache_control",
];

/// A request as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MessagesRequest {
    /// The header `anthropic-version`.
    pub(super) version: &'static str,
    /// The header `anthropic-beta`.
    pub(super) beta: Option<&'static str>,
    /// The JSON text.
    pub(super) body: String,
}

/// Options that are nothing to the count of a prompt's tokens, which knows no such members.
const NOT_COUNTED: [&str; 4] = [
    "stop_sequences",
    "service_tier",
    "inference_geo",
    "metadata",
];

/// Translates `request`.
///
/// # Errors
/// [`LlmErrorKind::RefusedRequest`] for what the provider would refuse in any case.
pub(super) fn messages_request(request: &LlmRequest) -> Result<MessagesRequest, LlmError> {
    let version = version_for(request)?;
    let mut head = String::new();
    // Writing to a `String` can't fail, here and below.
    let _infallible = write!(
        head,
        ",\"max_tokens\":{},\"stream\":true",
        request.max_tokens
    );
    if let Some(temperature) = request.temperature {
        let _infallible = write!(head, ",\"temperature\":{temperature}");
    }
    let (body, beta) = body_of(request, &head, |_| true)?;
    Ok(MessagesRequest {
        version,
        beta,
        body,
    })
}

/// The same request for a count of its tokens.
///
/// # Errors
/// As [`messages_request`].
pub(super) fn count_request(request: &LlmRequest) -> Result<MessagesRequest, LlmError> {
    version_for(request)?;
    let (body, beta) = body_of(request, "", |option| !NOT_COUNTED.contains(&option))?;
    Ok(MessagesRequest {
        version: CURRENT_VERSION,
        beta,
        body,
    })
}

fn body_of(
    request: &LlmRequest,
    head: &str,
    passes: impl Fn(&str) -> bool,
) -> Result<(String, Option<&'static str>), LlmError> {
    let shown = shown_turns(request);
    let goes_back = shown.iter().any(|(_, content)| content.has_thinking());
    let remedy = goes_back
        .then(|| bound_thinking::with_remedy(request))
        .flatten();
    let mut body = String::with_capacity(expected_length(request));
    body.push_str("{\"model\":");
    push_string(&mut body, request.model.as_str());
    body.push_str(head);
    if let Some(system) = request
        .system
        .as_deref()
        .filter(|text| !text.trim().is_empty())
    {
        body.push_str(",\"system\":");
        push_string(&mut body, system);
    }
    let as_asked = request.thinking.as_ref().map(RawJson::as_str);
    if let Some(thinking) = remedy.as_deref().or(as_asked) {
        push_member(&mut body, "thinking", thinking);
    }
    for (name, value) in &request.options {
        if OWN_MEMBERS.contains(name) {
            return Err(refused(format!("{name} is not an option.")));
        }
        if passes(name) {
            push_member(&mut body, name, value.as_str());
        }
    }
    push_cache_control(&mut body, request.prompt_cache);
    push_messages(&mut body, &shown);
    body.push('}');
    Ok((body, remedy.map(|_| bound_thinking::BETA)))
}

/// The turns that have something to show, with what they show.
fn shown_turns(request: &LlmRequest) -> Vec<(TurnRole, ShownContent<'_>)> {
    let viewer = Viewer {
        model: &request.model,
        thinks: !bound_thinking::is_turned_off(request),
    };
    let turns = request.turns.iter();
    turns
        .map(|turn| (turn.role, ShownContent::of(turn, viewer)))
        .filter(|(_, content)| !content.is_empty())
        .collect()
}

fn version_for(request: &LlmRequest) -> Result<&'static str, LlmError> {
    let Some(temperature) = request.temperature else {
        return Ok(CURRENT_VERSION);
    };
    if !(0.0..=1.0).contains(&temperature) {
        return Err(refused("The temperature must be between 0 and 1.".into()));
    }
    match Temperature::of(&request.model) {
        Temperature::Taken | Temperature::Unknown => Ok(VERSION_WITH_TEMPERATURE),
        Temperature::Refused => Err(refused(format!(
            "{} takes no temperature: models from 4.7 on choose for themselves. Please leave it out, or use an older model.",
            request.model
        ))),
    }
}

fn refused(message: String) -> LlmError {
    LlmError::new(LlmErrorKind::RefusedRequest).with_message(message)
}

fn expected_length(request: &LlmRequest) -> usize {
    let turns: usize = request
        .turns
        .iter()
        .map(|turn| turn.content.as_str().len() + 40)
        .sum();
    let options: usize = request
        .options
        .iter()
        .map(|(name, value)| name.len() + value.as_str().len() + 4)
        .sum();
    turns + options + request.system.as_ref().map_or(0, String::len) + 512
}

fn push_member(body: &mut String, name: &str, value: &str) {
    body.push(',');
    push_string(body, name);
    body.push(':');
    body.push_str(value);
}

/// The automatic breakpoint: the provider puts it behind the last block that can have one.
fn push_cache_control(body: &mut String, lifetime: CacheLifetime) {
    body.push_str(match lifetime {
        CacheLifetime::Off => "",
        CacheLifetime::FiveMinutes => ",\"cache_control\":{\"type\":\"ephemeral\"}",
        CacheLifetime::OneHour => ",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}",
    });
}

/// What the provider sees where a conversation that was imported begins with an answer: it wants a person's turn first.
const MISSING_BEGINNING: &str = r#"{"role":"user","content":[{"type":"text","text":"(The conversation begins with the answer.)"}]}"#;

/// Turns of one role that follow each other are one message, so that roles alternate.
fn push_messages(body: &mut String, turns: &[(TurnRole, ShownContent<'_>)]) {
    body.push_str(",\"messages\":[");
    let begins_with_answer = turns
        .first()
        .is_some_and(|(role, _)| *role == TurnRole::Assistant);
    if begins_with_answer {
        body.push_str(MISSING_BEGINNING);
    }
    let messages = turns.chunk_by(|(one, _), (next, _)| one == next);
    for (at, message) in messages.enumerate() {
        let Some((role, content)) = message.first() else {
            continue;
        };
        if at > 0 || begins_with_answer {
            body.push(',');
        }
        let _infallible = write!(body, "{{\"role\":\"{}\",\"content\":", role.as_str());
        if message.len() == 1 {
            content.push_to(body);
        } else {
            push_joined(body, message.iter().map(|(_, content)| content));
        }
        body.push('}');
    }
    body.push(']');
}

/// The blocks of several turns as one list.
fn push_joined<'a>(body: &mut String, contents: impl Iterator<Item = &'a ShownContent<'a>>) {
    for (at, content) in contents.enumerate() {
        body.push(if at == 0 { '[' } else { ',' });
        content.push_blocks_to(body);
    }
    body.push(']');
}

#[cfg(test)]
mod tests;
