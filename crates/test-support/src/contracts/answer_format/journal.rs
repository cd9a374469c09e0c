//! Answers from the journal.

use latchkey_domain::llm::{EventKind, LlmEvent};

use super::{AnswerFormatSetup, assembled, thinking_block, tool_call};
use crate::builders::events::{message_start, raw_event, text_answer, text_block};

/// "The events of a journal, written by `LlmEvent::write_to`", with numbers or without.
pub fn a_journal_gives_the_events_back(format: &AnswerFormatSetup) {
    let mut events = text_answer("Grüße,\nWelt 🌍");
    events.insert(
        3,
        raw_event(EventKind::Other, "{\"type\":\"something_newer\",\n\"x\":1}"),
    );
    assert_eq!(format.read_journal(&journal(&events)), events);
    let mut numbered = Vec::new();
    for (number, event) in (7..).zip(&events) {
        event.write_to(Some(number), &mut numbered);
    }
    assert_eq!(format.read_journal(&numbered), events);
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

fn journal(events: &[LlmEvent]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        event.write_to(None, &mut out);
    }
    out
}
