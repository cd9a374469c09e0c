//! The assembler against events as the provider sends them, and as it never should.

use std::fmt::Write;

use bytes::Bytes;
use latchkey_domain::{
    llm::{
        AnswerAssembler, AnswerFormat, AssembledAnswer, EventKind, LlmError, LlmErrorKind, LlmEvent,
    },
    usage::TokenUsage,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{AnthropicFormat, Assembler, MAX_BLOCKS};

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

#[test]
fn a_plain_answer_is_its_text() {
    let answer = whole(&[vec![
        begin(0, r#"{"type":"text","text":""}"#),
        event(EventKind::Ping, r#"{"type":"ping"}"#),
        text_delta(0, "Hä "),
        event(EventKind::Other, "not even JSON"),
        text_delta(0, "\"ho\"\n😀"),
        stop(0),
    ]]);
    assert_eq!(answer.text, "Hä \"ho\"\n😀");
    assert_eq!(
        value(&answer.content),
        json!([{ "type": "text", "text": "Hä \"ho\"\n😀" }])
    );
    assert_eq!(answer.next_turn, None);
    assert_eq!(answer.model.unwrap().as_str(), "claude-sonnet-5-5");
    assert_eq!(answer.provider_message_id.as_deref(), Some("msg_1"));
    assert_eq!(answer.stop_reason.as_deref(), Some("end_turn"));
    assert!(answer.complete);
    let usage = answer.usage.unwrap();
    assert!(usage.is_final);
    assert_eq!(
        usage.tokens,
        TokenUsage {
            input: 7,
            output: 9,
            ..TokenUsage::default()
        }
    );
}

#[test]
fn nothing_of_a_block_is_lost_reordered_or_rounded() {
    let unknown = r#"{"zeta":1.10,"type":"hologram","big":123456789012345678901234567890,"a":{"y":[null],"x":-0.0}}"#;
    let cited = r#"{"citations":[],"type":"text","text":"","newer":{"n":1.50}}"#;
    let answer = whole(&[
        vec![begin(0, unknown), stop(0)],
        vec![
            begin(1, cited),
            delta(
                1,
                r#"{"type":"citations_delta","citation":{"title":"T","n":2.0}}"#,
            ),
            text_delta(1, "cited"),
            delta(1, r#"{"type":"citations_delta","citation":{"title":"U"}}"#),
            stop(1),
        ],
    ]);
    let expected = format!(
        r#"[{unknown},{{"citations":[{{"title":"T","n":2.0}},{{"title":"U"}}],"type":"text","text":"cited","newer":{{"n":1.50}}}}]"#
    );
    assert_eq!(answer.content.as_str(), expected);
    assert_eq!(answer.next_turn, None);
}

#[test]
fn thinking_and_its_signature_are_put_together() {
    let answer = whole(&[
        vec![
            begin(0, r#"{"type":"thinking","thinking":"","signature":""}"#),
            delta(0, r#"{"type":"thinking_delta","thinking":"Let me"}"#),
            delta(
                0,
                r#"{"type":"thinking_delta","thinking":" see\u2026","estimated_tokens":5}"#,
            ),
            delta(0, r#"{"type":"signature_delta","signature":"EqQB+/=="}"#),
            stop(0),
        ],
        vec![
            begin(1, r#"{"type":"redacted_thinking","data":"abc"}"#),
            stop(1),
        ],
        vec![
            begin(2, r#"{"type":"text","text":"So"}"#),
            text_delta(2, "!"),
            stop(2),
        ],
    ]);
    assert_eq!(
        value(&answer.content),
        json!([
            { "type": "thinking", "thinking": "Let me see…", "signature": "EqQB+/==" },
            { "type": "redacted_thinking", "data": "abc" },
            { "type": "text", "text": "So!" },
        ])
    );
    assert_eq!((answer.text.as_str(), answer.next_turn), ("So!", None));
}

#[test]
fn pieces_of_input_become_json() {
    let tool = |index| {
        begin(
            index,
            r#"{"type":"tool_use","id":"toolu_1","name":"n","input":{},"caller":{"type":"direct"}}"#,
        )
    };
    let input = |index, json: &str| {
        delta(
            index,
            &json!({ "type": "input_json_delta", "partial_json": json }).to_string(),
        )
    };
    let answer = whole(&[
        vec![
            tool(0),
            input(0, ""),
            input(0, "{\"a\": 1.1"),
            input(0, "0, \"b\": \"\\ud83d"),
            input(0, "\\ude00\"}"),
            stop(0),
        ],
        vec![tool(1), stop(1)],
        vec![tool(2), input(2, ""), stop(2)],
    ]);
    assert!(
        answer
            .content
            .as_str()
            .contains(r#""input":{"a": 1.10, "b": "\ud83d\ude00"}"#)
    );
    assert_eq!(value(&answer.content)[1]["input"], json!({}));
    assert_eq!(value(&answer.content)[2]["input"], json!({}));
    assert_eq!(answer.next_turn, None);
}

#[test]
fn input_that_was_cut_off_is_shown_but_not_sent_on() {
    let answer = whole(&[
        vec![begin(0, r#"{"type":"text","text":"I call"}"#), stop(0)],
        vec![
            begin(
                1,
                r#"{"type":"tool_use","id":"toolu_1","name":"n","input":{}}"#,
            ),
            delta(
                1,
                r#"{"type":"input_json_delta","partial_json":"{\"city\": \"Par"}"#,
            ),
            stop(1),
        ],
    ]);
    assert_eq!(value(&answer.content)[1]["input"], json!({}));
    assert_eq!(
        value(&answer.content)[1]["latchkey_partial_input"],
        "{\"city\": \"Par"
    );
    assert_eq!(
        next_turn(&answer),
        json!([{ "type": "text", "text": "I call" }])
    );
}

#[test]
fn newer_deltas_are_kept_and_keep_their_block_out_of_the_next_turn() {
    let newer = r#"{"type":"compaction_delta","content":"sum","n":1.0}"#;
    let answer = whole(&[
        vec![
            begin(0, r#"{"type":"compaction","content":null}"#),
            delta(0, newer),
            delta(0, newer),
            stop(0),
        ],
        vec![
            begin(1, r#"{"type":"text","text":"x"}"#),
            delta(1, newer),
            stop(1),
        ],
    ]);
    let expected = format!(
        r#"[{{"type":"compaction","content":null,"latchkey_unread_deltas":[{newer},{newer}]}},{{"type":"text","text":"x","latchkey_unread_deltas":[{newer}]}}]"#
    );
    assert_eq!(answer.content.as_str(), expected);
    assert_eq!(next_turn(&answer), json!([{ "type": "text", "text": "x" }]));
}

#[test]
fn what_was_cut_off_goes_on_without_its_loose_ends() {
    let thinking = r#"{"type":"thinking","thinking":"t","signature":"s"}"#;
    let cut = |events: &[LlmEvent]| {
        let mut all = vec![start()];
        all.extend_from_slice(events);
        let answer = assemble(&all);
        assert!(!answer.complete);
        answer
    };
    assert_eq!(cut(&[]).next_turn, None);
    assert_eq!(cut(&[]).content.as_str(), "[]");

    let answer = cut(&[
        begin(0, r#"{"type":"text","text":""}"#),
        text_delta(0, "Half a"),
    ]);
    assert_eq!((answer.next_turn, answer.text.as_str()), (None, "Half a"));

    let answer = cut(&[
        begin(0, r#"{"type":"text","text":""}"#),
        text_delta(0, " \n"),
    ]);
    assert_eq!(next_turn(&answer), json!([]));

    let answer = cut(&[
        begin(0, thinking),
        stop(0),
        begin(1, r#"{"type":"text","text":""}"#),
    ]);
    assert_eq!(next_turn(&answer).as_array().unwrap().len(), 1);

    let answer = cut(&[begin(0, thinking)]);
    assert_eq!(next_turn(&answer), json!([]));
    assert_eq!(value(&answer.content)[0]["thinking"], "t");

    let answer = cut(&[
        begin(0, r#"{"type":"thinking","thinking":"t","signature":""}"#),
        stop(0),
    ]);
    assert_eq!(next_turn(&answer), json!([]));
}

#[test]
fn a_call_that_the_provider_runs_goes_on_only_with_its_result() {
    let call = |index, id: &str| {
        vec![
            begin(
                index,
                &json!({ "type": "server_tool_use", "id": id, "name": "web_search", "input": {} })
                    .to_string(),
            ),
            delta(
                index,
                r#"{"type":"input_json_delta","partial_json":"{\"query\":\"q\"}"}"#,
            ),
            stop(index),
        ]
    };
    let result = |index, id: &str| {
        vec![
            begin(
                index,
                &json!({ "type": "web_search_tool_result", "tool_use_id": id, "content": [] })
                    .to_string(),
            ),
            stop(index),
        ]
    };
    let answered = whole(&[call(0, "srvtoolu_1"), result(1, "srvtoolu_1")]);
    assert_eq!(answered.next_turn, None);
    let dangling = whole(&[
        call(0, "srvtoolu_1"),
        result(1, "srvtoolu_1"),
        call(2, "srvtoolu_2"),
    ]);
    assert_eq!(next_turn(&dangling).as_array().unwrap().len(), 2);
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

#[test]
fn a_journal_is_read_up_to_where_it_was_cut() {
    let events = [
        start(),
        begin(0, r#"{"type":"text","text":""}"#),
        text_delta(0, "one"),
        text_delta(0, "two"),
    ];
    let mut journal = Vec::new();
    for event in &events {
        event.write_to(None, &mut journal);
    }
    assert_eq!(AnthropicFormat.read_journal(&journal), events);
    journal.pop();
    assert_eq!(AnthropicFormat.read_journal(&journal), events[..3]);
    assert_eq!(AnthropicFormat.read_journal(b""), []);
}

proptest! {
    #[test]
    fn text_is_the_same_however_it_is_cut(text in any::<String>(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let chars: Vec<char> = text.chars().collect();
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(chars.len() + 1)).collect();
        at.extend([0, chars.len()]);
        at.sort_unstable();
        let mut events = vec![begin(0, r#"{"type":"text","text":""}"#)];
        for piece in at.windows(2) {
            events.push(text_delta(0, &chars[piece[0]..piece[1]].iter().collect::<String>()));
        }
        events.push(stop(0));
        let answer = whole(&[events]);
        prop_assert_eq!(&answer.text, &text);
        prop_assert_eq!(value(&answer.content), json!([{ "type": "text", "text": text }]));
    }

    #[test]
    fn surrogates_that_are_cut_in_two_are_joined(character in proptest::char::range('\u{10000}', '\u{10ffff}')) {
        let mut units = [0u16; 2];
        let [high, low] = character.encode_utf16(&mut units) else { panic!("a pair") };
        let piece = |unit: &u16| {
            let mut escaped = String::new();
            write!(escaped, r#"{{"type":"text_delta","text":"\u{unit:04x}"}}"#).unwrap();
            delta(0, &escaped)
        };
        let answer = whole(&[vec![begin(0, r#"{"type":"text","text":""}"#), piece(high), piece(low), stop(0)]]);
        prop_assert_eq!(answer.text, character.to_string());
    }

    #[test]
    fn any_events_leave_json_behind(
        script in proptest::collection::vec((0usize..12, 0usize..3, "\\PC{0,6}"), 0..30),
    ) {
        let mut assembler = Assembler::default();
        for (what, index, text) in script {
            let quoted = Value::from(text.as_str());
            let event = match what {
                0 => start(),
                1 => begin(index, r#"{"type":"text","text":""}"#),
                2 => begin(index, r#"{"type":"thinking","thinking":"","signature":""}"#),
                3 => begin(index, r#"{"type":"server_tool_use","id":"s","name":"n","input":{}}"#),
                4 => text_delta(index, &text),
                5 => delta(index, &format!(r#"{{"type":"input_json_delta","partial_json":{quoted}}}"#)),
                6 => delta(index, &format!(r#"{{"type":"newer","x":{quoted}}}"#)),
                7 => delta(index, &format!(r#"{{"type":"citations_delta","citation":{quoted}}}"#)),
                8 => stop(index),
                9 => message_delta("end_turn"),
                10 => end(),
                _ => event(EventKind::BlockDelta, &text),
            };
            let before = assembler.snapshot();
            if assembler.push(&event).is_err() {
                prop_assert_eq!(&assembler.snapshot(), &before);
            }
            let after = assembler.snapshot();
            prop_assert!(value(&after.content).is_array());
            if let Some(next) = &after.next_turn {
                prop_assert!(value(next).is_array());
                prop_assert!(!next.as_str().contains("latchkey_"));
            }
        }
    }
}
