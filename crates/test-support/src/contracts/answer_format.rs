//! What every [`AnswerFormat`] and its [`AnswerAssembler`] promise.

mod blocks;
mod journal;
mod refusals;
mod usage;

use std::sync::Arc;

use latchkey_domain::llm::{AnswerAssembler, AnswerFormat, AssembledAnswer, LlmEvent};
use serde_json::{Value, json};

use crate::builders::events::{block_delta, block_start, block_stop};

pub use blocks::*;
pub use journal::*;
pub use refusals::*;
pub use usage::*;

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

fn content(answer: &AssembledAnswer) -> Value {
    serde_json::from_str(answer.content.as_str()).expect("the content is JSON")
}

fn next_turn(answer: &AssembledAnswer) -> Option<Value> {
    let next = answer.next_turn.as_ref();
    next.map(|next| serde_json::from_str(next.as_str()).expect("the next turn is JSON"))
}
