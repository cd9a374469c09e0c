//! The checks of a request's body, as strict as the real service's.

mod blocks;
mod cache_control;
mod messages;
mod options;
mod place;
mod thinking;
mod tools;

use serde_json::Value;

pub(crate) use self::cache_control::Breakpoints;
use self::messages::Turns;
use self::place::{Object, Place};
use crate::error::ApiError;
use crate::models::{self, Lifecycle, Model};
use crate::signature::Conversation;

pub(crate) const VERSIONS: [&str; 2] = ["2023-06-01", "2026-10-21"];

/// What decides beside the body which requests are valid.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own: headers, address, the stand-in's settings"
)]
pub(crate) struct Terms<'a> {
    /// `anthropic-version: 2026-10-21`
    pub(crate) newest: bool,
    /// The `anthropic-beta` header.
    pub(crate) betas: &'a str,
    pub(crate) allow_retired: bool,
    /// For `/v1/messages/count_tokens`.
    pub(crate) counting: bool,
    /// `thinking.block_binding`: thinking from another conversation is dropped instead of refused.
    pub(crate) drops_unbound: bool,
}

impl Terms<'_> {
    fn has_beta(&self, prefix: &str) -> bool {
        self.betas
            .split(',')
            .any(|beta| beta.trim().starts_with(prefix))
    }
}

/// What the answer needs to know of a valid request.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) model: &'static Model,
    /// The model as it was asked for, which may be an alias.
    pub(crate) model_asked: &'a str,
    pub(crate) max_tokens: u64,
    pub(crate) stream: bool,
    /// The text of the last user message.
    pub(crate) prompt: String,
    pub(crate) attachments: usize,
    pub(crate) thinking: Thinking,
    pub(crate) stop_sequences: Vec<&'a str>,
    /// The schema that the answer must keep to.
    pub(crate) schema: Option<&'a Value>,
    pub(crate) input_tokens: u64,
    pub(crate) conversation: Conversation,
    pub(crate) breakpoints: Breakpoints,
    pub(crate) body: &'a Object,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thinking {
    Off,
    Shown,
    /// `display: omitted`: the block comes with an empty text.
    Hidden,
}

const SHARED: [&str; 9] = [
    "model",
    "messages",
    "system",
    "tools",
    "tool_choice",
    "thinking",
    "output_config",
    "cache_control",
    "speed",
];
const MESSAGES_ONLY: [&str; 8] = [
    "max_tokens",
    "stream",
    "stop_sequences",
    "metadata",
    "service_tier",
    "inference_geo",
    "container",
    "diagnostics",
];
const SAMPLING: [&str; 3] = ["temperature", "top_p", "top_k"];
/// Members that exist only with a beta header of this prefix.
const BETA: [(&str, &str); 7] = [
    ("mcp_servers", "mcp-client-"),
    ("context_management", "context-management-"),
    ("context_management", "compact-"),
    ("fallbacks", "server-side-fallback-"),
    ("fallback_credit_token", "fallback-credit-"),
    ("thread", "message-threads-"),
    ("billing_policy", "user-profiles-billing-"),
];

pub(crate) fn parse(body: &[u8]) -> Result<Value, ApiError> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        ApiError::invalid_request(&format!("The request body is not valid JSON: {error}"))
    })?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(ApiError::invalid_request(
            "The request body is not valid JSON: Input should be an object",
        ))
    }
}

/// Checks a parsed body and draws from it what the answer needs.
pub(crate) fn check<'a>(body: &'a Value, terms: &Terms<'_>) -> Result<Ask<'a>, ApiError> {
    let root = Place::Root;
    let body = root.object(body)?;
    known_members(body, terms)?;
    let model_asked = root.required_string(body, "model")?;
    let max_tokens = if terms.counting { 0 } else { max_tokens(body)? };
    let messages = root.required(body, "messages")?;

    let model = callable_model(model_asked, terms)?;
    if max_tokens > model.max_tokens {
        return Err(ApiError::invalid_request(&format!(
            "max_tokens: {max_tokens} > {}, which is the maximum allowed number of output tokens for {}",
            model.max_tokens, model.id
        )));
    }
    let stream = body
        .get("stream")
        .map_or(Ok(false), |value| root.member("stream").boolean(value))?;
    let thinking = thinking::check(body, model, max_tokens, terms)?;
    let terms = &Terms {
        drops_unbound: thinking::drops_unbound(body),
        ..*terms
    };
    options::check_sampling(body, model, thinking)?;
    let schema = options::check_output_config(body, model)?;
    options::check_small_ones(body, model)?;
    let mut breakpoints = Breakpoints::default();
    let tool_bytes = tools::check(body, model, thinking, &mut breakpoints)?;
    let system_bytes = messages::check_system(body, &mut breakpoints)?;
    let before = Conversation::begin(body.get("system"), body.get("tools"));
    let turns = messages::check(messages, before, model, terms, &mut breakpoints)?;
    breakpoints.check_automatic(body)?;

    let bytes = tool_bytes + system_bytes + turns.text_bytes;
    let input_tokens = model.tokens_of(bytes) + turns.flat_tokens + 7;
    if input_tokens > model.max_input_tokens {
        return Err(ApiError::invalid_request(&format!(
            "prompt is too long: {input_tokens} tokens > {} maximum",
            model.max_input_tokens
        )));
    }
    let Turns {
        prompt,
        attachments,
        conversation,
        ..
    } = turns;
    let stop_sequences = options::stop_sequences(body)?;
    Ok(Ask {
        model,
        model_asked,
        max_tokens,
        stream,
        prompt,
        attachments,
        thinking,
        stop_sequences,
        schema,
        input_tokens,
        conversation,
        breakpoints,
        body,
    })
}

fn known_members(body: &Object, terms: &Terms<'_>) -> Result<(), ApiError> {
    let known = |name: &str| {
        SHARED.contains(&name)
            || (!terms.counting && MESSAGES_ONLY.contains(&name))
            || (!terms.counting && !terms.newest && SAMPLING.contains(&name))
            || BETA
                .iter()
                .any(|(member, beta)| *member == name && terms.has_beta(beta))
    };
    match body.keys().find(|name| !known(name)) {
        Some(name) => Err(Place::Root.extra(name)),
        None => Ok(()),
    }
}

fn max_tokens(body: &Object) -> Result<u64, ApiError> {
    let value = Place::Root.required(body, "max_tokens")?;
    Place::Root.member("max_tokens").integer_from(0, value)
}

/// The model, unless it is unknown or retired.
pub(crate) fn callable_model(id: &str, terms: &Terms<'_>) -> Result<&'static Model, ApiError> {
    models::find(id)
        .filter(|model| terms.allow_retired || model.lifecycle != Lifecycle::Retired)
        .ok_or_else(|| ApiError::not_found(&format!("model: {id}")))
}
