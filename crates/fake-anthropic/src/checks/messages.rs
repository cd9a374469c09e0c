//! `system` and `messages`: roles, turns, and how tool calls and their results belong together.

use serde_json::Value;

use super::blocks::{self, Seen};
use super::place::{Object, Place};
use super::{Breakpoints, Terms};
use crate::error::ApiError;
use crate::models::Model;
use crate::signature::Conversation;

const MOST_MESSAGES: usize = 100_000;

/// What the messages amount to.
#[derive(Debug, Default)]
pub(super) struct Turns {
    pub(super) prompt: String,
    pub(super) attachments: usize,
    pub(super) text_bytes: usize,
    /// Tokens of images and documents, which don't depend on bytes of text.
    pub(super) flat_tokens: u64,
    pub(super) conversation: Conversation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    User,
    Assistant,
    System,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::System => "system",
        }
    }
}

/// Tool calls of the last assistant turn, and what the user turn after it answers. Messages of one role are one turn.
#[derive(Default)]
struct ToolCalls<'a> {
    called: Vec<&'a str>,
    answered: Vec<&'a str>,
    turn: Option<Role>,
    called_in: usize,
    /// Calls of tools that the service runs which have no result yet, and where they stand.
    run_by_service: Vec<(&'a str, usize)>,
}

pub(super) fn check_system(
    body: &Object,
    breakpoints: &mut Breakpoints,
) -> Result<usize, ApiError> {
    let system = Place::Root.member("system");
    match body.get("system") {
        None => Ok(0),
        Some(Value::String(text)) => Ok(text.len()),
        Some(value) => {
            let mut bytes = 0;
            for (index, block) in system.list(value)?.iter().enumerate() {
                let place = system.item(index);
                let block = place.object(block)?;
                place
                    .member("type")
                    .one_of(place.required(block, "type")?, &["text"])?;
                place.only(block, &["type", "text", "cache_control", "citations"])?;
                let text = place.required_string(block, "text")?;
                non_empty("system", text)?;
                breakpoints.of_block(block, &place)?;
                bytes += text.len();
            }
            Ok(bytes)
        }
    }
}

pub(super) fn non_empty(what: &str, text: &str) -> Result<(), ApiError> {
    if text.is_empty() {
        return Err(ApiError::invalid_request(&format!(
            "{what}: text content blocks must be non-empty"
        )));
    }
    if text.trim().is_empty() {
        return Err(ApiError::invalid_request(&format!(
            "{what}: text content blocks must contain non-whitespace text"
        )));
    }
    Ok(())
}

pub(super) fn check(
    value: &Value,
    before: Conversation,
    model: &Model,
    terms: &Terms<'_>,
    breakpoints: &mut Breakpoints,
) -> Result<Turns, ApiError> {
    let list = Place::Root.member("messages");
    let messages = list.list(value)?;
    if messages.is_empty() {
        return Err(list.error("at least one message is required"));
    }
    if messages.len() > MOST_MESSAGES {
        return Err(list.error(&format!("List should have at most {MOST_MESSAGES} items")));
    }
    let mut turns = Turns {
        conversation: before,
        ..Turns::default()
    };
    let mut calls = ToolCalls::default();
    let mut last_role = Role::User;
    let mut before_turn = turns.conversation.digest();
    for (index, message) in messages.iter().enumerate() {
        let place = list.item(index);
        let message = place.object(message)?;
        place.only(message, &["role", "content"])?;
        let role = role(place.required(message, "role")?, &place, terms)?;
        let content = place.required(message, "content")?;
        if index == 0 && role != Role::User {
            return Err(ApiError::invalid_request(
                "messages: first message must use the \"user\" role",
            ));
        }
        if index == 0 || role != last_role {
            before_turn = turns.conversation.digest();
            calls.end_turn(&list)?;
            calls.end_of_service_calls(&list)?;
        }
        calls.begin(role, index);
        turns.conversation.turn(role.name());
        if role == Role::User {
            turns.prompt.clear();
            turns.attachments = 0;
        }
        let is_last = index + 1 == messages.len();
        let blocks = match content {
            Value::String(text) => {
                text_of_message(text, role, is_last, &place)?;
                turns.add_text(text, role);
                last_role = role;
                continue;
            }
            content => place.member("content").list(content)?,
        };
        if blocks.is_empty() && !(is_last && role == Role::Assistant) {
            return Err(empty_message(&place));
        }
        let place = place.member("content");
        for (position, block) in blocks.iter().enumerate() {
            let place = place.item(position);
            let seen = blocks::check(block, role, model, before_turn, terms, &place)?;
            if let Some(block) = block.as_object() {
                breakpoints.of_block(block, &place)?;
            }
            match seen {
                Seen::Text(text) => turns.add_text(text, role),
                Seen::ToolUse(id) => calls.called.push(id),
                Seen::ToolResult(id, bytes) => {
                    calls.answers(id, &place)?;
                    turns.text_bytes += bytes;
                }
                Seen::ServerCall(id, bytes) => {
                    calls.run_by_service.push((id, index));
                    turns.text_bytes += bytes;
                }
                Seen::ServerResult(id, bytes) => {
                    calls.run_by_service.retain(|(called, _)| *called != id);
                    turns.text_bytes += bytes;
                }
                Seen::Attachment(tokens) => {
                    turns.flat_tokens += tokens;
                    turns.attachments += usize::from(role == Role::User);
                }
                Seen::Other(bytes) => turns.text_bytes += bytes,
            }
        }
        last_role = role;
    }
    if last_role == Role::User {
        calls.end_turn(&list)?;
    } else if last_role == Role::Assistant {
        check_prefill(messages.last(), model, terms)?;
    }
    turns.flat_tokens += u64::try_from(messages.len())
        .unwrap_or(u64::MAX)
        .saturating_mul(3);
    Ok(turns)
}

impl Turns {
    fn add_text(&mut self, text: &str, role: Role) {
        self.text_bytes += text.len();
        self.conversation.text(text);
        if role == Role::User {
            if !self.prompt.is_empty() {
                self.prompt.push('\n');
            }
            self.prompt.push_str(text);
        }
    }
}

impl<'a> ToolCalls<'a> {
    fn begin(&mut self, role: Role, index: usize) {
        if role == Role::Assistant && self.turn != Some(Role::Assistant) {
            self.called.clear();
            self.answered.clear();
        }
        if role == Role::Assistant {
            self.called_in = index;
        }
        self.turn = Some(role);
    }

    fn answers(&mut self, id: &'a str, place: &Place<'_>) -> Result<(), ApiError> {
        if !self.called.contains(&id) {
            return Err(place.error(&format!(
                "unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a \
                 corresponding `tool_use` block in the previous message."
            )));
        }
        self.answered.push(id);
        Ok(())
    }

    /// At the end of an assistant's turn every call that the service runs must have its result, unless the turn is the
    /// last one, which then goes on.
    fn end_of_service_calls(&mut self, list: &Place<'_>) -> Result<(), ApiError> {
        match self.run_by_service.first() {
            None => Ok(()),
            Some((id, index)) => Err(list.item(*index).error(&format!(
                "`server_tool_use` block with id {id} was found without its corresponding result block"
            ))),
        }
    }

    /// At the end of a user turn every call before it must have its result.
    fn end_turn(&mut self, list: &Place<'_>) -> Result<(), ApiError> {
        if self.turn != Some(Role::User) {
            return Ok(());
        }
        let missing: Vec<&str> = self
            .called
            .iter()
            .filter(|id| !self.answered.contains(id))
            .copied()
            .collect();
        if missing.is_empty() {
            self.called.clear();
            return Ok(());
        }
        Err(list.item(self.called_in).error(&format!(
            "`tool_use` ids were found without `tool_result` blocks immediately after: {}. Each `tool_use` block must \
             have a corresponding `tool_result` block in the next message.",
            missing.join(", ")
        )))
    }
}

fn role(value: &Value, place: &Place<'_>, terms: &Terms<'_>) -> Result<Role, ApiError> {
    match value.as_str() {
        Some("user") => Ok(Role::User),
        Some("assistant") => Ok(Role::Assistant),
        Some("system") if terms.newest => Ok(Role::System),
        Some("system") => Err(ApiError::invalid_request(
            "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \
             \"system\" as an input message role.",
        )),
        _ => Err(place
            .member("role")
            .error("Input should be 'user' or 'assistant'")),
    }
}

fn empty_message(place: &Place<'_>) -> ApiError {
    place.error(
        "all messages must have non-empty content except for the optional final assistant message",
    )
}

fn text_of_message(
    text: &str,
    role: Role,
    is_last: bool,
    place: &Place<'_>,
) -> Result<(), ApiError> {
    if text.is_empty() {
        return if is_last && role == Role::Assistant {
            Ok(())
        } else {
            Err(empty_message(place))
        };
    }
    non_empty("messages", text)
}

fn check_prefill(last: Option<&Value>, model: &Model, terms: &Terms<'_>) -> Result<(), ApiError> {
    if terms.counting {
        return Ok(());
    }
    if !model.takes_prefill() {
        return Err(ApiError::invalid_request(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        ));
    }
    let content = last.and_then(|message| message.get("content"));
    let text = content.and_then(|content| match content {
        Value::String(text) => Some(text.as_str()),
        content => content.as_array()?.last()?.get("text")?.as_str(),
    });
    if text.is_some_and(|text| text.ends_with(char::is_whitespace)) {
        return Err(ApiError::invalid_request(
            "messages: final assistant content cannot end with trailing whitespace",
        ));
    }
    Ok(())
}
