//! Content blocks, and what of them may go into the next turn.

use latchkey_domain::llm::EventKind;
use serde_json::{Value, json};

use super::{AnswerFormatSetup, assembled, content, next_turn, thinking_block, tool_call};
use crate::builders::{
    chat::model,
    events::{
        block_delta, block_start, block_stop, message_delta, message_start, ping, raw_event,
        text_answer, text_block, text_delta,
    },
};

/// "What of an answer has come": each member.
pub fn a_text_answer_is_put_together(format: &AnswerFormatSetup) {
    let answer = assembled(format, &text_answer("Hello, dear world!"));
    assert_eq!(
        content(&answer),
        json!([{"type": "text", "text": "Hello, dear world!"}])
    );
    assert_eq!(answer.next_turn, None);
    assert_eq!(answer.text, "Hello, dear world!");
    assert_eq!(answer.model, Some(model()));
    assert_eq!(answer.provider_message_id.as_deref(), Some("msg_sample"));
    assert_eq!(answer.stop_reason.as_deref(), Some("end_turn"));
    let usage = answer.usage.unwrap();
    assert_eq!(
        (usage.tokens.input, usage.tokens.output, usage.is_final),
        (12, 34, true)
    );
    assert!(answer.complete);
}

/// Nothing is a JSON array, too.
pub fn before_the_first_event_there_is_nothing(format: &AnswerFormatSetup) {
    let answer = assembled(format, &[]);
    assert!(answer.content.is_empty_array());
    assert_eq!((answer.text.as_str(), answer.complete), ("", false));
    assert_eq!(
        (answer.next_turn, answer.usage, answer.model),
        (None, None, None)
    );
    assert_eq!(
        (answer.stop_reason, answer.provider_message_id),
        (None, None)
    );
}

/// "What has come so far"; "Nothing else makes an answer complete."
pub fn every_beginning_of_an_answer_is_a_beginning_of_its_text(format: &AnswerFormatSetup) {
    let whole = "One two three four";
    let events = text_answer(whole);
    for length in 0..=events.len() {
        let answer = assembled(format, events.get(..length).unwrap());
        assert!(whole.starts_with(&answer.text));
        assert_eq!(
            answer.complete,
            length == events.len(),
            "after {length} events"
        );
        let stored = content(&answer);
        let shown = stored
            .pointer("/0/text")
            .and_then(Value::as_str)
            .unwrap_or_default();
        assert_eq!(shown, answer.text);
    }
}

/// "String values are equal to what came."
pub fn text_comes_out_as_it_went_in(format: &AnswerFormatSetup) {
    let odd = [
        "\n\nevent: x\ndata: y\r\n",
        "\"quotes\" and \\ backslash \\n",
        "\u{2028}\u{2029}\u{0}\u{7f}\u{feff}",
        "🌍 é e\u{301} \u{202e}",
        "</script><!--",
    ];
    for text in odd {
        let answer = assembled(format, &text_answer(text));
        assert_eq!(answer.text, text);
        assert_eq!(content(&answer), json!([{"type": "text", "text": text}]));
    }
    let escaped = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\ud83c\udf0d\u0041\/"}}"#;
    let events = [
        message_start(),
        block_start(0, &json!({"type": "text", "text": ""})),
        raw_event(EventKind::BlockDelta, escaped),
        block_stop(0),
    ];
    assert_eq!(assembled(format, &events).text, "🌍A/");
}

/// "The text of all text blocks."
pub fn text_of_several_blocks_is_joined(format: &AnswerFormatSetup) {
    let mut events = vec![message_start()];
    events.extend(text_block(0, "First. "));
    events.extend(thinking_block(1));
    events.extend(text_block(2, "Second."));
    let answer = assembled(format, &events);
    assert_eq!(answer.text, "First. Second.");
    assert_eq!(content(&answer).as_array().map(Vec::len), Some(3));
}

/// "… complete blocks, and non-empty text."
pub fn a_cut_text_may_go_on(format: &AnswerFormatSetup) {
    let events = text_answer("cut off here");
    let answer = assembled(format, events.get(..4).unwrap());
    assert_eq!(answer.text, "cut ");
    assert_eq!(answer.next_turn, None, "all of it may go on");
}

/// The provider refuses empty text.
pub fn empty_text_may_not_go_on(format: &AnswerFormatSetup) {
    let mut events = vec![message_start()];
    events.extend([
        block_start(0, &json!({"type": "text", "text": ""})),
        block_stop(0),
    ]);
    let answer = assembled(format, &events);
    assert_eq!(content(&answer), json!([{"type": "text", "text": ""}]));
    assert_eq!(next_turn(&answer), Some(json!([])));
    events.extend(text_block(1, "something"));
    let answer = assembled(format, &events);
    assert_eq!(
        next_turn(&answer),
        Some(json!([{"type": "text", "text": "something"}]))
    );
}

/// A thinking block goes back unmodified, or not at all.
pub fn thinking_is_kept_with_its_signature(format: &AnswerFormatSetup) {
    let mut events = vec![message_start()];
    events.extend(thinking_block(0));
    events.extend(text_block(1, "Yes."));
    let answer = assembled(format, &events);
    let expected = json!([
        {"type": "thinking", "thinking": "Let me see.", "signature": "c2lnbmVk"},
        {"type": "text", "text": "Yes."},
    ]);
    assert_eq!(content(&answer), expected);
    assert_eq!((answer.next_turn, answer.text.as_str()), (None, "Yes."));
}

/// "All content blocks, also one that was cut off"; "… complete blocks …"
pub fn thinking_that_was_cut_off_may_not_go_on(format: &AnswerFormatSetup) {
    let mut events = vec![message_start()];
    events.extend(text_block(0, "Hm."));
    let mut thinking = thinking_block(1);
    thinking.pop();
    events.extend(thinking);
    let answer = assembled(format, &events);
    let stored = content(&answer);
    let shown = stored.pointer("/1/thinking").and_then(Value::as_str);
    assert_eq!(shown, Some("Let me see."));
    assert_eq!(
        next_turn(&answer),
        Some(json!([{"type": "text", "text": "Hm."}]))
    );
}

/// Pieces of JSON become the tool's input.
pub fn the_input_of_a_tool_is_put_together(format: &AnswerFormatSetup) {
    let mut events = vec![message_start()];
    events.extend(tool_call(
        0,
        &["", "{\"city\": \"Zü", "rich\", \"n\": 1", "}"],
    ));
    events.push(block_stop(0));
    events.extend([
        block_start(
            1,
            &json!({"type": "tool_use", "id": "t2", "name": "now", "input": {}}),
        ),
        block_stop(1),
    ]);
    let answer = assembled(format, &events);
    let expected = json!([
        {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Zürich", "n": 1}},
        {"type": "tool_use", "id": "t2", "name": "now", "input": {}},
    ]);
    assert_eq!(content(&answer), expected);
    assert_eq!(answer.next_turn, None);
}

/// Half a tool's input is no JSON, but the stored content is.
pub fn a_tool_call_that_was_cut_off_may_not_go_on(format: &AnswerFormatSetup) {
    let mut events = vec![message_start()];
    events.extend(text_block(0, "Looking."));
    events.extend(tool_call(1, &["{\"city\": \"Zü"]));
    let answer = assembled(format, &events);
    let stored = content(&answer);
    assert_eq!(stored.pointer("/1/name"), Some(&json!("weather")));
    assert_eq!(
        next_turn(&answer),
        Some(json!([{"type": "text", "text": "Looking."}]))
    );
}

/// Citations belong to their text.
pub fn citations_are_collected(format: &AnswerFormatSetup) {
    let cited = |n: u32| json!({"type": "char_location", "cited_text": format!("c{n}"), "n": n});
    let delta = |n| block_delta(0, &json!({"type": "citations_delta", "citation": cited(n)}));
    let events = [
        message_start(),
        block_start(0, &json!({"type": "text", "text": "", "citations": []})),
        delta(1),
        text_delta(0, "As it says"),
        delta(2),
        block_stop(0),
    ];
    let answer = assembled(format, &events);
    let expected =
        json!([{"type": "text", "text": "As it says", "citations": [cited(1), cited(2)]}]);
    assert_eq!(content(&answer), expected);
}

/// "… unknown members and blocks are kept."
pub fn unknown_blocks_and_members_are_kept(format: &AnswerFormatSetup) {
    let unknown = json!({"type": "hologram", "z": {"b": [1, 2.5, null]}, "a": "\u{0}x"});
    let known = json!({"type": "text", "text": "", "mood": {"calm": true}});
    let events = [
        message_start(),
        block_start(0, &unknown),
        block_stop(0),
        block_start(1, &known),
        text_delta(1, "Hi"),
        block_stop(1),
    ];
    let answer = assembled(format, &events);
    let expected = json!([unknown, {"type": "text", "text": "Hi", "mood": {"calm": true}}]);
    assert_eq!(content(&answer), expected);
    assert_eq!(answer.text, "Hi");
}

/// "Something newer than this program."
pub fn pings_and_unknown_events_change_nothing(format: &AnswerFormatSetup) {
    let plain = text_answer("Hello world");
    let mut noisy = Vec::new();
    for event in &plain {
        noisy.push(ping());
        noisy.push(raw_event(
            EventKind::Other,
            r#"{"type":"something_newer","x":[1]}"#,
        ));
        noisy.push(event.clone());
    }
    assert_eq!(assembled(format, &noisy), assembled(format, &plain));
}

/// The documents allow more than one `message_delta`.
pub fn the_reason_to_stop_is_the_last_one_given(format: &AnswerFormatSetup) {
    let mut events = vec![message_start()];
    events.extend(text_block(0, "Hi"));
    assert_eq!(assembled(format, &events).stop_reason, None);
    events.push(message_delta("pause_turn"));
    events.push(message_delta("max_tokens"));
    let answer = assembled(format, &events);
    assert_eq!(answer.stop_reason.as_deref(), Some("max_tokens"));
}
