//! What was cut off, and what of it goes back to the provider.

use latchkey_domain::llm::{AnswerAssembler, AnswerFormat, EventKind, LlmErrorKind, LlmEvent};
use serde_json::json;

use super::{
    assemble, begin, delta, event, next_turn, refusal, start, stop, text_delta, value, whole,
};
use crate::llm::anthropic::assemble::{AnthropicFormat, Assembler};

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

#[test]
fn a_block_that_says_a_member_twice_is_refused() {
    for twice in [
        r#"{"type":"text","text":"a","text":"b"}"#,
        r#"{"type":"text","text":"a","te\u0078t":"b"}"#,
        r#"{"type":"text","x":1,"text":"","x":2}"#,
    ] {
        let mut assembler = Assembler::default();
        assembler.push(&start()).unwrap();
        let before = assembler.snapshot();
        let refused = refusal(assembler.push(&begin(0, twice)));
        assert_eq!(refused, LlmErrorKind::Malformed, "{twice}");
        assert_eq!(assembler.snapshot(), before);
        let at_once = format!(
            r#"{{"type":"message_start","message":{{"id":"msg_1","role":"assistant","model":"m","content":[{twice}]}}}}"#
        );
        let refused = refusal(Assembler::default().push(&event(EventKind::MessageStart, &at_once)));
        assert_eq!(refused, LlmErrorKind::Malformed, "{twice}");
    }
}
