//! Each kind of block comes out as it came in.

use latchkey_domain::{llm::EventKind, usage::TokenUsage};
use serde_json::json;

use super::{begin, delta, event, next_turn, stop, text_delta, value, whole};

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
