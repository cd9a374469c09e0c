//! What no answer may be.

use bytes::Bytes;
use latchkey_domain::llm::{AnswerAssembler, EventKind, LlmErrorKind, LlmEvent};

use super::{begin, delta, end, event, refusal, start, stop, text_delta};
use crate::llm::anthropic::assemble::{Assembler, MAX_BLOCKS};

/// Events of which nothing is kept are held for the journal all the same.
#[test]
fn there_is_an_end_to_events_that_say_nothing() {
    let mut assembler = Assembler::default();
    assembler.push(&start()).unwrap();
    let unknown = event(EventKind::Other, &"x".repeat(16 * 1024 * 1024));
    let taken = (0..100).take_while(|_| assembler.push(&unknown).is_ok());
    assert_eq!(taken.count(), 15);
    assert_eq!(refusal(assembler.push(&unknown)), LlmErrorKind::Malformed);
}

#[test]
fn what_cannot_follow_is_malformed_and_changes_nothing() {
    let running = [
        start(),
        begin(0, r#"{"type":"text","text":""}"#),
        text_delta(0, "kept"),
    ];
    let mut stopped = running.to_vec();
    stopped.push(stop(0));
    let mut complete = stopped.clone();
    complete.push(end());
    let cases: Vec<(&[LlmEvent], LlmEvent)> = vec![
        (&[], begin(0, r#"{"type":"text","text":""}"#)),
        (&[], text_delta(0, "x")),
        (&[], end()),
        (
            &[],
            event(EventKind::MessageStart, r#"{"type":"message_start"}"#),
        ),
        (
            &[],
            event(
                EventKind::MessageStart,
                r#"{"type":"message_stop","message":{}}"#,
            ),
        ),
        (&running, start()),
        (&running, begin(0, r#"{"type":"text","text":""}"#)),
        (&running, begin(2, r#"{"type":"text","text":""}"#)),
        (&running, begin(1, r#"{"text":"no type"}"#)),
        (&running, begin(1, "7")),
        (&running, text_delta(1, "x")),
        (&running, delta(0, r#"{"type":"text_delta"}"#)),
        (&running, delta(0, r#"{"type":"text_delta","text":7}"#)),
        (&running, delta(0, r#"{"type":"citations_delta"}"#)),
        (
            &running,
            event(
                EventKind::BlockDelta,
                r#"{"type":"content_block_delta","index":0,"#,
            ),
        ),
        (
            &running,
            event(
                EventKind::BlockDelta,
                r#"{"type":"message_stop","index":0,"delta":{"type":"text_delta","text":"x"}}"#,
            ),
        ),
        (
            &running,
            event(
                EventKind::BlockDelta,
                r#"{"type":"content_block_delta","index":-1,"delta":{"type":"text_delta","text":"x"}}"#,
            ),
        ),
        (&running, stop(1)),
        (&running, end()),
        (&stopped, stop(0)),
        (&stopped, text_delta(0, "x")),
        (&complete, event(EventKind::Ping, r#"{"type":"ping"}"#)),
        (&complete, text_delta(0, "x")),
        (&complete, end()),
    ];
    for (before, broken) in cases {
        let mut assembler = Assembler::default();
        for event in before {
            assembler.push(event).unwrap();
        }
        let kept = assembler.snapshot();
        assert_eq!(
            refusal(assembler.push(&broken)),
            LlmErrorKind::Malformed,
            "{broken:?}"
        );
        assert_eq!(assembler.snapshot(), kept, "{broken:?}");
    }
    let invalid_utf8 = LlmEvent {
        data: Bytes::from_static(b"{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"\xff\"}}"),
        ..text_delta(0, "")
    };
    let mut assembler = Assembler::default();
    for event in &running {
        assembler.push(event).unwrap();
    }
    assert_eq!(
        refusal(assembler.push(&invalid_utf8)),
        LlmErrorKind::Malformed
    );
}

#[test]
fn an_answer_has_bounds() {
    let mut assembler = Assembler::default();
    assembler.push(&start()).unwrap();
    for index in 0..MAX_BLOCKS {
        assembler
            .push(&begin(index, r#"{"type":"text","text":""}"#))
            .unwrap();
    }
    let one_more = begin(MAX_BLOCKS, r#"{"type":"text","text":""}"#);
    assert_eq!(refusal(assembler.push(&one_more)), LlmErrorKind::Malformed);

    let mib = "x".repeat(1024 * 1024);
    for many in [
        text_delta(0, &mib),
        delta(
            0,
            &format!(r#"{{"type":"newer","text":"","blob":"{mib}"}}"#),
        ),
    ] {
        let mut assembler = Assembler::default();
        assembler.push(&start()).unwrap();
        assembler
            .push(&begin(0, r#"{"type":"text","text":""}"#))
            .unwrap();
        let taken = (0..100)
            .take_while(|_| assembler.push(&many).is_ok())
            .count();
        assert_eq!(taken, 31);
    }
}
