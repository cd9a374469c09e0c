//! The provider's events, as the real one sends them.

use bytes::Bytes;
use latchkey_domain::llm::{EventKind, LlmEvent};
use serde_json::{Value, json};

use super::chat::model;

/// An event of this kind with this data, which may be no JSON at all.
pub fn raw_event(kind: EventKind, data: &str) -> LlmEvent {
    let name: &'static [u8] = match kind {
        EventKind::MessageStart => b"message_start",
        EventKind::BlockStart => b"content_block_start",
        EventKind::BlockDelta => b"content_block_delta",
        EventKind::BlockStop => b"content_block_stop",
        EventKind::MessageDelta => b"message_delta",
        EventKind::MessageStop => b"message_stop",
        EventKind::Ping => b"ping",
        EventKind::Other => b"something_newer",
    };
    LlmEvent {
        name: Bytes::from_static(name),
        data: Bytes::copy_from_slice(data.as_bytes()),
        kind,
    }
}

/// `message_start` with 12 tokens of input.
pub fn message_start() -> LlmEvent {
    message_start_with(&json!({"input_tokens": 12, "output_tokens": 1}))
}

/// `message_start` with this `usage`.
pub fn message_start_with(usage: &Value) -> LlmEvent {
    let message = json!({
        "id": "msg_sample", "type": "message", "role": "assistant", "model": model().as_str(),
        "content": [], "stop_reason": null, "stop_sequence": null, "usage": usage,
    });
    event(
        EventKind::MessageStart,
        &json!({"type": "message_start", "message": message}),
    )
}

/// `content_block_start`.
pub fn block_start(index: usize, block: &Value) -> LlmEvent {
    let data = json!({"type": "content_block_start", "index": index, "content_block": block});
    event(EventKind::BlockStart, &data)
}

/// `content_block_delta`.
pub fn block_delta(index: usize, delta: &Value) -> LlmEvent {
    let data = json!({"type": "content_block_delta", "index": index, "delta": delta});
    event(EventKind::BlockDelta, &data)
}

/// A piece of text for the block at `index`.
pub fn text_delta(index: usize, text: &str) -> LlmEvent {
    block_delta(index, &json!({"type": "text_delta", "text": text}))
}

/// `content_block_stop`.
pub fn block_stop(index: usize) -> LlmEvent {
    let data = json!({"type": "content_block_stop", "index": index});
    event(EventKind::BlockStop, &data)
}

/// `message_delta` with the reason to stop and 34 tokens of output.
pub fn message_delta(stop_reason: &str) -> LlmEvent {
    message_delta_with(stop_reason, &json!({"output_tokens": 34}))
}

/// `message_delta` with this `usage`.
pub fn message_delta_with(stop_reason: &str, usage: &Value) -> LlmEvent {
    let delta = json!({"stop_reason": stop_reason, "stop_sequence": null});
    let data = json!({"type": "message_delta", "delta": delta, "usage": usage});
    event(EventKind::MessageDelta, &data)
}

/// `message_stop`.
pub fn message_stop() -> LlmEvent {
    event(EventKind::MessageStop, &json!({"type": "message_stop"}))
}

/// `ping`.
pub fn ping() -> LlmEvent {
    event(EventKind::Ping, &json!({"type": "ping"}))
}

/// A whole text block at `index`, one delta for each word.
pub fn text_block(index: usize, text: &str) -> Vec<LlmEvent> {
    let mut events = vec![block_start(index, &json!({"type": "text", "text": ""}))];
    events.extend(
        text.split_inclusive(' ')
            .map(|word| text_delta(index, word)),
    );
    events.push(block_stop(index));
    events
}

/// The first events of an answer of one text block, up to its first piece.
pub fn begun_answer(piece: &str) -> Vec<LlmEvent> {
    let empty = block_start(0, &json!({"type": "text", "text": ""}));
    vec![message_start(), empty, text_delta(0, piece)]
}

/// A whole answer of one text block.
pub fn text_answer(text: &str) -> Vec<LlmEvent> {
    let mut events = vec![message_start(), ping()];
    events.extend(text_block(0, text));
    events.extend([message_delta("end_turn"), message_stop()]);
    events
}

fn event(kind: EventKind, data: &Value) -> LlmEvent {
    let text = data.to_string();
    // The real one pads its data, so that its length tells less.
    let padded = text.strip_suffix('}').map(|body| format!("{body}  }}"));
    raw_event(kind, &padded.unwrap_or(text))
}
