//! Thinking that goes back to a model which binds it to its conversation.
//!
//! Such models check that system prompt, tools and every message before a thinking block are as they were when it
//! came, and refuse the request otherwise: also when a person has only changed the system prompt or the tools, which
//! may happen between any two messages. The provider's own remedy is to let it drop the blocks that don't fit any more
//! (platform.claude.com/docs/en/build-with-claude/preserved-thinking/prefix-checks, 2026-11).

use latchkey_domain::{
    RawJson,
    llm::{LlmRequest, ModelCapabilities},
};
use serde_json::value::RawValue;

use crate::json_text::{Members, decode, inside_quotes};

/// The beta under which the provider takes the remedy.
pub(super) const BETA: &str = "thinking-binding-controls-2026-08-01";
const DROP_BLOCK: &str = r#""block_binding":{"prefix_mismatch_behavior":"drop_block"}"#;

/// Whether the request keeps its model from thinking: it says so, or it forces a tool, which no model uses while it
/// thinks. Then no thinking goes back to it.
pub(super) fn is_turned_off(request: &LlmRequest) -> bool {
    let thinking = request.thinking.as_ref().and_then(kind_of);
    let choice = request
        .options
        .iter()
        .find(|(name, _)| *name == "tool_choice")
        .and_then(|(_, choice)| kind_of(choice));
    thinking.as_deref() == Some("disabled") || matches!(choice.as_deref(), Some("any" | "tool"))
}

/// The `thinking` to send, so that blocks which don't fit any more are dropped; `None` where nothing is to be changed.
pub(super) fn with_remedy(request: &LlmRequest) -> Option<String> {
    let binds = ModelCapabilities::of(&request.model).is_some_and(|model| model.binds_thinking);
    if !binds {
        return None;
    }
    let Some(thinking) = &request.thinking else {
        // These models think by themselves, and just like this.
        return Some(format!("{{\"type\":\"adaptive\",{DROP_BLOCK}}}"));
    };
    if kind_of(thinking).as_deref() != Some("adaptive") {
        return None;
    }
    let raw: &RawValue = serde_json::from_str(thinking.as_str()).ok()?;
    if Members::of(raw)?.get("block_binding").is_some() {
        return Some(thinking.as_str().to_owned());
    }
    let open = thinking.as_str().trim_end().strip_suffix('}')?;
    Some(format!("{open},{DROP_BLOCK}}}"))
}

/// The `type` of an object.
fn kind_of(object: &RawJson) -> Option<String> {
    let raw: &RawValue = serde_json::from_str(object.as_str()).ok()?;
    let kind = Members::of(raw)?.get("type").and_then(inside_quotes)?;
    Some(decode(kind).into_owned())
}
