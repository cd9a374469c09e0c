//! What can't be a part of the answer.

use latchkey_domain::llm::{AnswerAssembler, EventKind, LlmErrorKind, LlmEvent};
use serde_json::json;

use super::{AnswerFormatSetup, assembled, fed};
use crate::builders::events::{
    block_start, block_stop, message_delta, message_start, message_stop, raw_event, text_answer,
    text_block, text_delta,
};

/// "… when the event can't follow what came (a second start, a delta of no open block …)."
pub fn what_cant_follow_is_refused(format: &AnswerFormatSetup) {
    let open = || {
        vec![
            message_start(),
            block_start(0, &json!({"type": "text", "text": ""})),
        ]
    };
    let closed = || {
        vec![
            message_start(),
            block_start(0, &json!({"type": "text", "text": ""})),
            block_stop(0),
        ]
    };
    let cases = [
        (vec![], text_delta(0, "x")),
        (vec![], block_start(0, &json!({"type": "text", "text": ""}))),
        (vec![], message_stop()),
        (open(), message_start()),
        (open(), text_delta(1, "x")),
        (open(), text_delta(1_000_000, "x")),
        (open(), block_stop(1)),
        (closed(), text_delta(0, "x")),
        (closed(), block_stop(0)),
        (
            closed(),
            block_start(0, &json!({"type": "text", "text": ""})),
        ),
        (vec![message_start()], text_delta(0, "x")),
    ];
    for (number, (before, refused)) in cases.into_iter().enumerate() {
        let mut assembler = fed(format, &before);
        refuses(assembler.as_mut(), &refused, &format!("case {number}"));
    }
}

/// "… isn't JSON where it must be."
pub fn what_isnt_json_is_refused(format: &AnswerFormatSetup) {
    for data in [
        "",
        "x",
        "[]",
        "null",
        "{",
        r#"{"type":"message_start"}"#,
        "{}{}",
    ] {
        let mut assembler = format.assembler();
        let event = raw_event(EventKind::MessageStart, data);
        refuses(assembler.as_mut(), &event, data);
    }
    for data in [
        "",
        "x",
        "[]",
        "null",
        "{",
        r#"{"type":"content_block_delta","index":0}"#,
        "\u{0}",
    ] {
        let start = block_start(0, &json!({"type": "text", "text": ""}));
        let mut assembler = fed(format, &[message_start(), start]);
        let event = raw_event(EventKind::BlockDelta, data);
        refuses(assembler.as_mut(), &event, data);
    }
}

/// "… anything after the end."
pub fn nothing_follows_the_end(format: &AnswerFormatSetup) {
    let late = [
        message_start(),
        block_start(1, &json!({"type": "text", "text": ""})),
        text_delta(0, "x"),
        block_stop(0),
        message_delta("end_turn"),
        message_stop(),
    ];
    for event in late {
        let mut assembler = fed(format, &text_answer("Hello"));
        refuses(assembler.as_mut(), &event, "after the end");
        assert!(assembler.snapshot().complete);
    }
}

/// "What came before stays as it was": and what follows is still taken.
pub fn what_was_refused_changes_nothing(format: &AnswerFormatSetup) {
    let events = text_answer("Hello world");
    let mut assembler = format.assembler();
    for event in &events {
        assembler.push(event).unwrap();
        let before = assembler.snapshot();
        refuses(
            assembler.as_mut(),
            &text_delta(7, "x"),
            "a delta of no block",
        );
        let broken = raw_event(EventKind::BlockDelta, "{");
        refuses(assembler.as_mut(), &broken, "broken JSON");
        assert_eq!(assembler.snapshot(), before);
    }
    assert_eq!(assembler.snapshot(), assembled(format, &events));
}

/// "… beyond 1,024 blocks …"
pub fn an_answer_has_only_so_many_blocks(format: &AnswerFormatSetup) {
    let mut assembler = fed(format, &[message_start()]);
    for index in 0..1_024 {
        for event in text_block(index, "x") {
            assembler.push(&event).unwrap();
        }
    }
    let one_more = block_start(1_024, &json!({"type": "text", "text": ""}));
    refuses(assembler.as_mut(), &one_more, "block 1,025");
    assert_eq!(assembler.snapshot().text.len(), 1_024);
}

/// "… or 32 MiB."
pub fn an_answer_has_only_so_many_bytes(format: &AnswerFormatSetup) {
    let piece = "x".repeat(4 << 20);
    let start = block_start(0, &json!({"type": "text", "text": ""}));
    let mut assembler = fed(format, &[message_start(), start]);
    let mut taken = 0;
    while assembler.push(&text_delta(0, &piece)).is_ok() {
        taken += 1;
        assert!(taken <= 8, "more than 32 MiB were taken");
    }
    assert!(taken >= 7, "less than 28 MiB were taken");
    refuses(assembler.as_mut(), &text_delta(0, &piece), "too much");
    assert_eq!(assembler.snapshot().text.len(), taken * piece.len());
}

fn refuses(assembler: &mut dyn AnswerAssembler, event: &LlmEvent, what: &str) {
    let refused = assembler.push(event).map_err(|error| error.kind);
    assert_eq!(refused, Err(LlmErrorKind::Malformed), "{what}");
}
