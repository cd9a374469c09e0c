//! The assembler against events as the provider sends them, and as it never should.

mod any_events;
mod blocks;
mod limits;
mod loose_ends;

use bytes::Bytes;
use latchkey_domain::llm::{
    AnswerAssembler, AssembledAnswer, EventKind, LlmError, LlmErrorKind, LlmEvent,
};
use serde_json::{Value, json};

use super::Assembler;

fn event(kind: EventKind, data: &str) -> LlmEvent {
    let name = match kind {
        EventKind::MessageStart => "message_start",
        EventKind::BlockStart => "content_block_start",
        EventKind::BlockDelta => "content_block_delta",
        EventKind::BlockStop => "content_block_stop",
        EventKind::MessageDelta => "message_delta",
        EventKind::MessageStop => "message_stop",
        EventKind::Ping => "ping",
        EventKind::Other => "newer",
    };
    LlmEvent {
        name: Bytes::from_static(name.as_bytes()),
        data: Bytes::copy_from_slice(data.as_bytes()),
        kind,
    }
}

fn start() -> LlmEvent {
    event(
        EventKind::MessageStart,
        r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5-5","content":[],"stop_reason":null,"usage":{"input_tokens":7,"output_tokens":1}} }"#,
    )
}

fn begin(index: usize, block: &str) -> LlmEvent {
    let data =
        format!(r#"{{"type":"content_block_start","index":{index},"content_block":{block}  }}"#);
    event(EventKind::BlockStart, &data)
}

fn delta(index: usize, delta: &str) -> LlmEvent {
    let data = format!(r#"{{"type":"content_block_delta","index":{index},"delta":{delta} }}"#);
    event(EventKind::BlockDelta, &data)
}

fn text_delta(index: usize, text: &str) -> LlmEvent {
    delta(
        index,
        &json!({ "type": "text_delta", "text": text }).to_string(),
    )
}

fn stop(index: usize) -> LlmEvent {
    let data = format!(r#"{{"type":"content_block_stop","index":{index}}}"#);
    event(EventKind::BlockStop, &data)
}

fn message_delta(reason: &str) -> LlmEvent {
    let data = format!(
        r#"{{"type":"message_delta","delta":{{"stop_reason":"{reason}","stop_sequence":null}},"usage":{{"output_tokens":9}}}}"#
    );
    event(EventKind::MessageDelta, &data)
}

fn end() -> LlmEvent {
    event(EventKind::MessageStop, r#"{"type":"message_stop"}"#)
}

fn assemble(events: &[LlmEvent]) -> AssembledAnswer {
    let mut assembler = Assembler::default();
    for event in events {
        assembler.push(event).unwrap();
    }
    assembler.snapshot()
}

/// An answer of these blocks, complete.
fn whole(blocks: &[Vec<LlmEvent>]) -> AssembledAnswer {
    let mut events = vec![start()];
    events.extend(blocks.iter().flatten().cloned());
    events.extend([message_delta("end_turn"), end()]);
    assemble(&events)
}

fn value(json: &latchkey_domain::RawJson) -> Value {
    serde_json::from_str(json.as_str()).unwrap()
}

fn next_turn(answer: &AssembledAnswer) -> Value {
    value(answer.next_turn.as_ref().expect("less than all"))
}

fn refusal(result: Result<(), LlmError>) -> LlmErrorKind {
    result.unwrap_err().kind
}
