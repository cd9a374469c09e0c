//! From events to an answer: whatever comes, what is put together is JSON, is complete with its last event alone, and
//! comes out of its journal again as it was.
#![no_main]

use latchkey_adapters::llm::AnthropicFormat;
use latchkey_domain::llm::{AnswerFormat, AssembledAnswer, LlmErrorKind};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, value::RawValue};

/// Each event is looked at before and after: more of them would make one run too long.
const MOST_EVENTS: usize = 100;

fuzz_target!(|stream: &[u8]| {
    let mut assembler = AnthropicFormat.assembler();
    let mut journal = Vec::new();
    for event in AnthropicFormat
        .read_journal(stream)
        .iter()
        .take(MOST_EVENTS)
    {
        let before = assembler.snapshot();
        match assembler.push(event) {
            Ok(()) => {
                assert!(!before.complete, "something came after the end");
                event.write_to(None, &mut journal);
            }
            Err(error) => {
                assert_eq!(error.kind, LlmErrorKind::Malformed);
                assert_eq!(assembler.snapshot(), before, "a refused event left a trace");
            }
        }
    }
    let answer = assembler.snapshot();
    is_sound(&answer);
    assert!(answer.content.as_str().len() <= 2 + 4 * stream.len());

    let mut again = AnthropicFormat.assembler();
    for event in AnthropicFormat.read_journal(&journal) {
        again
            .push(&event)
            .expect("the journal holds what was taken");
    }
    assert_eq!(again.snapshot(), answer, "out of its journal");
});

fn is_sound(answer: &AssembledAnswer) {
    let content = answer.content.as_str();
    let blocks: Vec<&RawValue> = serde_json::from_str(content).expect("content is an array");
    if let Some(next) = &answer.next_turn {
        let next: Vec<&RawValue> = serde_json::from_str(next.as_str()).expect("as is the next");
        assert!(next.len() <= blocks.len());
    }
    // Half a surrogate pair is JSON, but no text: then there is nothing to compare with.
    if let Ok(Value::Array(blocks)) = serde_json::from_str(content) {
        let text: String = blocks
            .iter()
            .filter(|block| block["type"] == "text")
            .filter_map(|block| block["text"].as_str())
            .collect();
        assert_eq!(answer.text, text);
    }
    if let Some(usage) = &answer.usage {
        assert!(serde_json::from_str::<&RawValue>(usage.raw.as_str()).is_ok());
        assert!(!usage.is_final || answer.complete);
    }
}
