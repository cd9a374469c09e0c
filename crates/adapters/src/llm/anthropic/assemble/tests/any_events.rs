//! What holds for all texts and all orders of events.

use std::fmt::Write;

use latchkey_domain::llm::{AnswerAssembler, EventKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{begin, delta, end, event, message_delta, start, stop, text_delta, value, whole};
use crate::llm::anthropic::assemble::Assembler;

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
