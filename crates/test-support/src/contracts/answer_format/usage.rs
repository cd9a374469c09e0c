//! The provider's counters.

use latchkey_domain::usage::{TokenUsage, UsageReport};
use serde_json::{Value, json};

use super::{AnswerFormatSetup, assembled};
use crate::builders::events::{
    message_delta_with, message_start_with, message_stop, text_answer, text_block,
};

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

fn usage_of(format: &AnswerFormatSetup, first: &Value, later: &Value) -> Option<UsageReport> {
    let mut events = vec![message_start_with(first)];
    events.extend(text_block(0, "Hi"));
    events.extend([message_delta_with("end_turn", later), message_stop()]);
    assembled(format, &events).usage
}
