//! Chat: conversations, messages, answers.

pub mod answer_members;
pub mod change;
pub mod content;
pub mod create;
pub mod cursor;
pub mod estimate;
pub mod export;
pub mod history;
pub mod idempotency;
pub mod import;
pub mod list;
pub mod listen;
pub mod options;
pub mod regenerate;
pub mod send;
pub mod send_body;
pub mod show;
pub mod stop;
pub mod thinking;

use latchkey_domain::{
    conversation::{ConversationId, MAX_TITLE_CHARS},
    id::MessageId,
    user::{InvalidName, parse_label},
};

use crate::{
    call::Call,
    json::{Fault, Value, text},
    problem::{Problem, no_such_conversation, no_such_message},
};

/// Most characters of a system prompt: more than any model reads.
const MAX_SYSTEM_CHARS: usize = 4_000_000;

/// The conversation that the address names. What can't be an id is no conversation's.
pub(super) fn addressed_conversation(call: &Call) -> Result<ConversationId, Problem> {
    ConversationId::parse(call.param("id")).map_err(|_| no_such_conversation())
}

/// The message that the address names. What can't be an id is no message's.
fn addressed_message(call: &Call) -> Result<MessageId, Problem> {
    MessageId::parse(call.param("messageId")).ok_or_else(no_such_message)
}

fn title(text: &str) -> Result<String, InvalidName> {
    parse_label(text, MAX_TITLE_CHARS)
}

fn system_prompt(value: Value<'_>) -> Result<String, Fault> {
    let system = text(MAX_SYSTEM_CHARS)(value)?;
    if system.trim().is_empty() {
        return Err("must not be empty".into());
    }
    Ok(system)
}
