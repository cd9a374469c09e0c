//! What every [`AnswerFormat`] and its [`AnswerAssembler`] promise.

use std::sync::Arc;

use latchkey_domain::{
    llm::{AnswerAssembler, AnswerFormat, AssembledAnswer, EventKind, LlmErrorKind, LlmEvent},
    usage::{TokenUsage, UsageReport},
};
use serde_json::{Value, json};

use crate::builders::{
    chat::model,
    events::{
        block_delta, block_start, block_stop, message_delta, message_delta_with, message_start,
        message_start_with, message_stop, ping, raw_event, text_answer, text_block, text_delta,
    },
};

/// What the suite is run against.
pub type AnswerFormatSetup = Arc<dyn AnswerFormat>;

/// Makes a test of each case.
#[macro_export]
macro_rules! answer_format_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { answer_format, $factory;
            a_text_answer_is_put_together,
            before_the_first_event_there_is_nothing,
            every_beginning_of_an_answer_is_a_beginning_of_its_text,
            text_comes_out_as_it_went_in,
            text_of_several_blocks_is_joined,
            a_cut_text_may_go_on,
            empty_text_may_not_go_on,
            thinking_is_kept_with_its_signature,
            thinking_that_was_cut_off_may_not_go_on,
            the_input_of_a_tool_is_put_together,
            a_tool_call_that_was_cut_off_may_not_go_on,
            citations_are_collected,
            unknown_blocks_and_members_are_kept,
            pings_and_unknown_events_change_nothing,
            the_reason_to_stop_is_the_last_one_given,
            every_counter_is_read,
            later_counters_win,
            what_cant_be_believed_is_unknown,
            figures_of_an_answer_that_was_cut_off_are_not_final,
            what_cant_follow_is_refused,
            what_isnt_json_is_refused,
            nothing_follows_the_end,
            what_was_refused_changes_nothing,
            an_answer_has_only_so_many_blocks,
            an_answer_has_only_so_many_bytes,
            a_journal_gives_the_events_back,
            a_journal_that_was_cut_off_gives_all_whole_events,
            an_answer_from_the_journal_is_the_same,
        }
    };
}
pub use answer_format_cases as cases;

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

/// "All of Anthropic's counters of one call"; `fast`; `us_only`.
pub fn every_counter_is_read(format: &AnswerFormatSetup) {
    let usage = json!({
        "input_tokens": 1, "output_tokens": 2, "cache_read_input_tokens": 3,
        "cache_creation_input_tokens": 9,
        "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 5},
        "output_tokens_details": {"thinking_tokens": 1},
        "server_tool_use": {"web_search_requests": 6, "web_fetch_requests": 7},
        "service_tier": "standard", "speed": "fast", "inference_geo": "us", "newer": {"x": 1},
    });
    let report = usage_of(format, &usage, &json!({"output_tokens": 2})).unwrap();
    let expected = TokenUsage {
        input: 1,
        output: 2,
        cache_read: 3,
        cache_write_5m: 4,
        cache_write_1h: 5,
        thinking: 1,
        web_searches: 6,
        web_fetches: 7,
    };
    assert_eq!(report.tokens, expected);
    assert!(report.fast && report.us_only && report.is_final);
    let raw: Value = serde_json::from_str(report.raw.as_str()).unwrap();
    assert_eq!(raw, usage, "the object is kept with what we don't know");

    let plain = json!({"input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": 9});
    let report = usage_of(format, &plain, &json!({"output_tokens": 1})).unwrap();
    assert!(!report.fast && !report.us_only);
    assert_eq!(
        report.tokens.cache_write_5m, 9,
        "the sum alone is for five minutes"
    );
}

/// "… members of later events laid over those of earlier ones."
pub fn later_counters_win(format: &AnswerFormatSetup) {
    let first = json!({"input_tokens": 5, "output_tokens": 1, "service_tier": "standard"});
    let later = json!({"input_tokens": 7, "output_tokens": 40});
    let report = usage_of(format, &first, &later).unwrap();
    assert_eq!((report.tokens.input, report.tokens.output), (7, 40));
    let raw: Value = serde_json::from_str(report.raw.as_str()).unwrap();
    let expected = json!({"input_tokens": 7, "output_tokens": 40, "service_tier": "standard"});
    assert_eq!(raw, expected);
}

/// Missing, negative, decreasing or beyond what a database holds: unknown, never wrong.
pub fn what_cant_be_believed_is_unknown(format: &AnswerFormatSetup) {
    let good = json!({"input_tokens": 5, "output_tokens": 3});
    let bad = [
        (json!({}), json!({})),
        (json!(null), json!({})),
        (json!({"input_tokens": -1, "output_tokens": 3}), json!({})),
        (
            json!({"input_tokens": 1u64 << 63, "output_tokens": 3}),
            json!({}),
        ),
        (json!({"input_tokens": 1.5, "output_tokens": 3}), json!({})),
        (json!({"input_tokens": "5", "output_tokens": 3}), json!({})),
        (good.clone(), json!({"output_tokens": -4})),
        (good.clone(), json!({"output_tokens": 2})),
    ];
    assert!(usage_of(format, &good, &json!({"output_tokens": 4})).is_some());
    for (first, later) in bad {
        assert_eq!(usage_of(format, &first, &later), None, "{first} {later}");
    }
}

/// "… not so when the answer was cut off."
pub fn figures_of_an_answer_that_was_cut_off_are_not_final(format: &AnswerFormatSetup) {
    let events = text_answer("Hello world");
    for length in 1..events.len() {
        let answer = assembled(format, events.get(..length).unwrap());
        let usage = answer.usage.unwrap();
        assert!(!usage.is_final, "after {length} events");
    }
}

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

/// "The events of a journal, written by `LlmEvent::write_to` without ids."
pub fn a_journal_gives_the_events_back(format: &AnswerFormatSetup) {
    let mut events = text_answer("Grüße,\nWelt 🌍");
    events.insert(
        3,
        raw_event(EventKind::Other, "{\"type\":\"something_newer\",\n\"x\":1}"),
    );
    assert_eq!(format.read_journal(&journal(&events)), events);
    assert_eq!(format.read_journal(b""), []);
}

/// "A last event that was cut off is left out."
pub fn a_journal_that_was_cut_off_gives_all_whole_events(format: &AnswerFormatSetup) {
    let events = text_answer("Grüße, Welt 🌍");
    let whole = journal(&events);
    for length in 0..whole.len() {
        let read = format.read_journal(whole.get(..length).unwrap());
        let mut written = 0;
        let complete = events
            .iter()
            .take_while(|event| {
                written += journal(std::slice::from_ref(event)).len();
                written <= length
            })
            .count();
        assert_eq!(read, events.get(..complete).unwrap(), "cut at {length}");
    }
}

/// "… for putting answers together, live or from a journal."
pub fn an_answer_from_the_journal_is_the_same(format: &AnswerFormatSetup) {
    let mut events = vec![message_start()];
    events.extend(thinking_block(0));
    events.extend(text_block(1, "Grüße,\nWelt 🌍"));
    events.extend(tool_call(2, &["{\"a\":", "1}"]));
    let read = format.read_journal(&journal(&events));
    assert_eq!(assembled(format, &read), assembled(format, &events));
}

fn thinking_block(index: usize) -> Vec<LlmEvent> {
    let delta = |delta: Value| block_delta(index, &delta);
    vec![
        block_start(
            index,
            &json!({"type": "thinking", "thinking": "", "signature": ""}),
        ),
        delta(json!({"type": "thinking_delta", "thinking": "Let me "})),
        delta(json!({"type": "thinking_delta", "thinking": "see."})),
        delta(json!({"type": "signature_delta", "signature": "c2lnbmVk"})),
        block_stop(index),
    ]
}

/// A tool call that is still open.
fn tool_call(index: usize, pieces: &[&str]) -> Vec<LlmEvent> {
    let block = json!({"type": "tool_use", "id": "t1", "name": "weather", "input": {}});
    let piece = |piece: &&str| json!({"type": "input_json_delta", "partial_json": piece});
    let deltas = pieces.iter().map(|text| block_delta(index, &piece(text)));
    std::iter::once(block_start(index, &block))
        .chain(deltas)
        .collect()
}

fn fed(format: &AnswerFormatSetup, events: &[LlmEvent]) -> Box<dyn AnswerAssembler> {
    let mut assembler = format.assembler();
    for event in events {
        assembler.push(event).unwrap();
    }
    assembler
}

fn assembled(format: &AnswerFormatSetup, events: &[LlmEvent]) -> AssembledAnswer {
    fed(format, events).snapshot()
}

fn refuses(assembler: &mut dyn AnswerAssembler, event: &LlmEvent, what: &str) {
    let refused = assembler.push(event).map_err(|error| error.kind);
    assert_eq!(refused, Err(LlmErrorKind::Malformed), "{what}");
}

fn content(answer: &AssembledAnswer) -> Value {
    serde_json::from_str(answer.content.as_str()).expect("the content is JSON")
}

fn next_turn(answer: &AssembledAnswer) -> Option<Value> {
    let next = answer.next_turn.as_ref();
    next.map(|next| serde_json::from_str(next.as_str()).expect("the next turn is JSON"))
}

fn usage_of(format: &AnswerFormatSetup, first: &Value, later: &Value) -> Option<UsageReport> {
    let mut events = vec![message_start_with(first)];
    events.extend(text_block(0, "Hi"));
    events.extend([message_delta_with("end_turn", later), message_stop()]);
    assembled(format, &events).usage
}

fn journal(events: &[LlmEvent]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        event.write_to(None, &mut out);
    }
    out
}
