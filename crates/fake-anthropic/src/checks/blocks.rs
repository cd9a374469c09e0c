//! Content blocks of messages: known kinds, their members, and who may say them.

use serde_json::Value;

use super::Terms;
use super::messages::{Role, non_empty};
use super::place::{Object, Place};
use crate::error::ApiError;
use crate::models::Model;
use crate::signature::{self, Verdict};

const IMAGE_TOKENS: u64 = 1_600;
const DOCUMENT_TOKENS: u64 = 3_000;

/// What a block adds to the conversation.
pub(super) enum Seen<'a> {
    Text(&'a str),
    ToolUse(&'a str),
    /// The call that it answers, and its size.
    ToolResult(&'a str, usize),
    /// A call of a tool that the service runs, and its size.
    ServerCall(&'a str, usize),
    /// The call that it answers, and its size.
    ServerResult(&'a str, usize),
    /// Its tokens.
    Attachment(u64),
    /// Its size.
    Other(usize),
}

/// A kind, its members, and which roles may say it.
struct Kind {
    name: &'static str,
    members: &'static [&'static str],
    from_user: bool,
    from_assistant: bool,
}

const fn kind(
    name: &'static str,
    members: &'static [&'static str],
    from_user: bool,
    from_assistant: bool,
) -> Kind {
    Kind {
        name,
        members,
        from_user,
        from_assistant,
    }
}

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    kind("text", &["type", "text", "cache_control", "citations"], true, true),
    kind("image", &["type", "source", "cache_control", "transformations"], true, false),
    kind("document", &["type", "source", "title", "context", "citations", "cache_control"], true, true),
    kind("search_result", &["type", "source", "title", "content", "citations", "cache_control"], true, false),
    kind("thinking", &["type", "thinking", "signature"], false, true),
    kind("redacted_thinking", &["type", "data"], false, true),
    kind("tool_use", &["type", "id", "name", "input", "caller", "cache_control"], false, true),
    kind("tool_result", &["type", "tool_use_id", "content", "is_error", "cache_control"], true, false),
    kind("server_tool_use", &["type", "id", "name", "input", "caller", "cache_control"], false, true),
    kind("web_search_tool_result", RESULT, false, true),
    kind("web_fetch_tool_result", RESULT, false, true),
    kind("code_execution_tool_result", RESULT, false, true),
    kind("bash_code_execution_tool_result", RESULT, false, true),
    kind("text_editor_code_execution_tool_result", RESULT, false, true),
    kind("tool_search_tool_result", RESULT, false, true),
    kind("mcp_tool_use", &["type", "id", "name", "input", "server_name", "cache_control"], false, true),
    kind("mcp_tool_result", &["type", "tool_use_id", "content", "is_error", "cache_control"], false, true),
    kind("compaction", &["type", "content", "encrypted_content", "cache_control"], false, true),
    // The unknown kind that the fake itself sends: a client that keeps it may send it back.
    kind("hologram", &["type", "points", "note"], false, true),
    kind("container_upload", &["type", "file_id", "cache_control"], true, true),
];
const RESULT: &[&str] = &["type", "tool_use_id", "content", "caller", "cache_control"];

pub(super) fn check<'a>(
    block: &'a Value,
    role: Role,
    model: &Model,
    conversation_before: u64,
    terms: &Terms<'_>,
    place: &Place<'_>,
) -> Result<Seen<'a>, ApiError> {
    let Some(block) = block.as_object() else {
        return Err(place.error("Input should be an object"));
    };
    let Some(name) = block.get("type").and_then(Value::as_str) else {
        return Err(place.member("type").error("Field required"));
    };
    let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
        return Err(unknown_kind(name, place));
    };
    if let Some(extra) = block
        .keys()
        .find(|member| !kind.members.contains(&member.as_str()))
    {
        return Err(place.member(name).extra(extra));
    }
    check_speaker(kind, role, terms, place)?;
    match name {
        "text" => text(block, role, terms, place).map(Seen::Text),
        "image" => source(block, &["base64", "url", "file"], &place.member(name))
            .map(|()| Seen::Attachment(IMAGE_TOKENS)),
        "document" => source(
            block,
            &["base64", "text", "content", "url", "file"],
            &place.member(name),
        )
        .map(|()| Seen::Attachment(DOCUMENT_TOKENS)),
        "search_result" => search_result(block, terms, place),
        "thinking" => thinking(block, model, conversation_before, terms, place),
        "redacted_thinking" => redacted(block, place),
        "tool_use" => {
            let id = id_and_input(block, &place.member(name))?;
            Ok(Seen::ToolUse(id))
        }
        "server_tool_use" | "mcp_tool_use" => {
            let id = id_and_input(block, &place.member(name))?;
            Ok(Seen::ServerCall(id, size(block.get("input"))))
        }
        _ if name.ends_with("_tool_result") => {
            let id = text_member(block, "tool_use_id", &place.member(name))?;
            Ok(Seen::ServerResult(id, size(block.get("content"))))
        }
        "tool_result" => {
            let id = text_member(block, "tool_use_id", &place.member(name))?;
            tool_result_content(
                block.get("content"),
                model,
                conversation_before,
                terms,
                &place.member(name),
            )?;
            Ok(Seen::ToolResult(id, size(block.get("content"))))
        }
        _ => Ok(Seen::Other(size(block.get("content")))),
    }
}

fn unknown_kind(name: &str, place: &Place<'_>) -> ApiError {
    let public = KINDS.iter().filter(|kind| kind.name != "hologram");
    let expected: Vec<String> = public.map(|kind| format!("'{}'", kind.name)).collect();
    place.error(&format!(
        "Input tag '{name}' found using 'type' does not match any of the expected tags: {}",
        expected.join(", ")
    ))
}

fn check_speaker(
    kind: &Kind,
    role: Role,
    terms: &Terms<'_>,
    place: &Place<'_>,
) -> Result<(), ApiError> {
    let name = kind.name;
    match role {
        Role::System if name != "text" => {
            Err(place.error("`system` messages may only contain `text` blocks"))
        }
        Role::User if !kind.from_user => Err(place.error(&format!(
            "`{name}` blocks can only be in `assistant` messages"
        ))),
        Role::Assistant if !kind.from_assistant || (terms.newest && name == "document") => {
            Err(place.error(&format!("`{name}` blocks can only be in `user` messages")))
        }
        _ => Ok(()),
    }
}

fn text_member<'a>(block: &'a Object, name: &str, place: &Place<'_>) -> Result<&'a str, ApiError> {
    match block.get(name) {
        None => Err(place.member(name).error("Field required")),
        Some(value) => value
            .as_str()
            .ok_or_else(|| place.member(name).error("Input should be a valid string")),
    }
}

fn text<'a>(
    block: &'a Object,
    role: Role,
    terms: &Terms<'_>,
    place: &Place<'_>,
) -> Result<&'a str, ApiError> {
    let text = text_member(block, "text", &place.member("text"))?;
    non_empty("messages", text)?;
    let has_citations = block
        .get("citations")
        .and_then(Value::as_array)
        .is_some_and(|list| !list.is_empty());
    if terms.newest && role == Role::User && has_citations {
        return Err(place
            .member("text")
            .member("citations")
            .error("citations are not permitted in user messages"));
    }
    Ok(text)
}

fn source(block: &Object, kinds: &[&str], place: &Place<'_>) -> Result<(), ApiError> {
    let source = block
        .get("source")
        .ok_or_else(|| place.member("source").error("Field required"))?;
    let place = place.member("source");
    let kind = source
        .get("type")
        .ok_or_else(|| place.member("type").error("Field required"))?;
    let kind = kind.as_str().unwrap_or_default();
    let needed: &[&str] = match kind {
        _ if !kinds.contains(&kind) => {
            return Err(place.error(&format!(
                "Input tag '{kind}' found using 'type' does not match any of the expected tags: {}",
                kinds.join(", ")
            )));
        }
        "base64" | "text" => &["media_type", "data"],
        "url" => &["url"],
        "file" => &["file_id"],
        _ => &["content"],
    };
    let place = place.member(kind);
    for name in needed {
        let value = source
            .get(name)
            .ok_or_else(|| place.member(name).error("Field required"))?;
        if *name != "content" && value.as_str().is_none_or(str::is_empty) {
            return Err(place
                .member(name)
                .error("Input should be a non-empty string"));
        }
    }
    if kind == "base64" && !is_base64(source.get("data")) {
        return Err(place.member("data").error("Invalid base64 data"));
    }
    Ok(())
}

fn is_base64(data: Option<&Value>) -> bool {
    let data = data.and_then(Value::as_str).unwrap_or_default();
    let letters = data.trim_end_matches('=');
    data.len().is_multiple_of(4)
        && data.len() - letters.len() <= 2
        && letters
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

fn search_result<'a>(
    block: &'a Object,
    terms: &Terms<'_>,
    place: &Place<'_>,
) -> Result<Seen<'a>, ApiError> {
    let place = place.member("search_result");
    text_member(block, "source", &place)?;
    text_member(block, "title", &place)?;
    let content = block.get("content").and_then(Value::as_array);
    let Some(content) = content else {
        return Err(place
            .member("content")
            .error("Input should be a valid array"));
    };
    let cited = |block: &Value| {
        block
            .get("citations")
            .and_then(Value::as_array)
            .is_some_and(|list| !list.is_empty())
    };
    if terms.newest && content.iter().any(cited) {
        return Err(place
            .member("content")
            .error("citations are not permitted inside a search_result"));
    }
    Ok(Seen::Other(size(block.get("content"))))
}

fn thinking<'a>(
    block: &'a Object,
    model: &Model,
    conversation_before: u64,
    terms: &Terms<'_>,
    place: &Place<'_>,
) -> Result<Seen<'a>, ApiError> {
    let thoughts = text_member(block, "thinking", &place.member("thinking"))?;
    let signature = text_member(block, "signature", &place.member("thinking"))?;
    match signature::verify(signature, model, conversation_before, thoughts) {
        Verdict::Good => Ok(Seen::Other(thoughts.len())),
        // The service drops the block.
        Verdict::BoundElsewhere if terms.drops_unbound => Ok(Seen::Other(0)),
        Verdict::BoundElsewhere => Err(place.error(
            "Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the \
             block, or set `thinking.block_binding.prefix_mismatch_behavior` to \"drop_block\".",
        )),
        Verdict::Forged => Err(place.error("Invalid `signature` in `thinking` block")),
    }
}

fn redacted<'a>(block: &'a Object, place: &Place<'_>) -> Result<Seen<'a>, ApiError> {
    let data = text_member(block, "data", &place.member("redacted_thinking"))?;
    if data.is_empty() {
        return Err(place.error("Invalid `data` in `redacted_thinking` block"));
    }
    Ok(Seen::Other(data.len()))
}

fn id_and_input<'a>(block: &'a Object, place: &Place<'_>) -> Result<&'a str, ApiError> {
    let id = text_member(block, "id", place)?;
    if id.is_empty()
        || !id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    {
        return Err(place
            .member("id")
            .error("String should match pattern '^[a-zA-Z0-9_-]+$'"));
    }
    text_member(block, "name", place)?;
    if block.get("input").is_some_and(Value::is_object) {
        Ok(id)
    } else {
        Err(place.member("input").error("Input should be an object"))
    }
}

fn tool_result_content(
    content: Option<&Value>,
    model: &Model,
    conversation_before: u64,
    terms: &Terms<'_>,
    place: &Place<'_>,
) -> Result<(), ApiError> {
    let place = place.member("content");
    let blocks = match content {
        None | Some(Value::Null | Value::String(_)) => return Ok(()),
        Some(Value::Array(blocks)) => blocks,
        Some(_) => return Err(place.error("Input should be a valid string or array")),
    };
    for (index, block) in blocks.iter().enumerate() {
        let place = place.item(index);
        match block
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
        {
            "text" | "image" | "document" | "search_result" => {
                check(block, Role::User, model, conversation_before, terms, &place)?;
            }
            "tool_reference" | "browser_state" => {}
            other => return Err(unknown_kind(other, &place)),
        }
    }
    Ok(())
}

/// The bytes of all texts in a value.
fn size(value: Option<&Value>) -> usize {
    match value {
        Some(Value::String(text)) => text.len(),
        Some(Value::Array(items)) => items.iter().map(|item| size(Some(item))).sum(),
        Some(Value::Object(members)) => members
            .iter()
            .map(|(name, member)| name.len() + size(Some(member)))
            .sum(),
        _ => 1,
    }
}
