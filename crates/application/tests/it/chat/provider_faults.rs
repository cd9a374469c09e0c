//! Faults of the provider: before anything came they may be tried again, afterwards they end the answer.

use std::time::Duration;

use latchkey_application::chat::{AnswerFault, Caller, ChatError, ReaderLeft};
use latchkey_domain::{
    conversation::MessageStatus,
    llm::{EventKind, LlmError, LlmErrorKind},
};
use latchkey_test_support::{
    builders::events::{raw_event, text_answer},
    memory::Reply,
};

use super::{Stage, beginning, message, message_with_key, read};
use crate::world::address;

fn overloaded() -> LlmError {
    LlmError::new(LlmErrorKind::Overloaded)
}

#[tokio::test(start_paused = true)]
async fn an_overload_before_anything_came_is_tried_again() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::refused(overloaded()));
    stage.llm.reply(Reply::refused(overloaded()));
    stage.llm.reply(Reply::text("At last."));
    let end = stage.ask("Hello").await;
    assert_eq!(end.message.text, "At last.");
    let attempts = end.message.key.unwrap().attempts;
    let outcomes: Vec<&str> = attempts
        .iter()
        .map(|attempt| attempt.outcome.as_str())
        .collect();
    assert_eq!(
        outcomes,
        ["provider_overloaded", "provider_overloaded", "complete"]
    );
    let rows = stage.world.store.usage_events();
    assert_eq!(rows.len(), 3, "one row for each attempt");
    assert_eq!(
        rows[0].cost.unwrap().0,
        0,
        "a refused attempt costs nothing"
    );
}

#[tokio::test(start_paused = true)]
async fn an_overload_before_any_text_is_tried_again() {
    let stage = Stage::new().await;
    for events in 1..=2 {
        let frame = beginning("never").into_iter().take(events);
        let reply = Reply::new().dripping(frame).then_fails(overloaded());
        stage.llm.reply(reply);
    }
    stage.llm.reply(Reply::text("At last."));
    let (events, end) = read(stage.send(message("Hello")).await.unwrap()).await;
    assert_eq!((end.message.text.as_str(), end.fault), ("At last.", None));
    assert_eq!(
        events.len(),
        text_answer("At last.").len(),
        "and of the others nothing"
    );
    assert_eq!(stage.llm.calls().len(), 3);
    assert_eq!(stage.world.store.usage_events().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_spend_limit_is_never_tried_again() {
    let stage = Stage::new().await;
    let spent = LlmError {
        should_retry: Some(true),
        ..LlmError::new(LlmErrorKind::SpendLimitReached)
    };
    stage.llm.reply(Reply::refused(spent));
    assert!(stage.send(message("Hello")).await.is_err());
    assert_eq!(stage.llm.calls().len(), 1);
}

/// A minute of a hundred requests a second, all of which fail.
#[tokio::test(start_paused = true)]
async fn a_storm_of_failures_is_not_made_a_fifth_stronger() {
    const REQUESTS: usize = 6_000;
    let stage = Stage::new().await;
    for _ in 0..REQUESTS * 2 {
        stage.llm.reply(Reply::refused(overloaded()));
    }
    let mut asking = tokio::task::JoinSet::new();
    for number in 0..REQUESTS {
        let chat = stage.world.app.chat.clone();
        // Everybody from somewhere else: no limit is to be met.
        let caller = Caller::Anonymous {
            address: address(&format!("10.0.{}.{}", number / 250, number % 250)),
        };
        asking.spawn(async move {
            let asked = chat.send(caller, message_with_key("Hello", "work"), ReaderLeft::new());
            assert!(matches!(asked.await, Err(ChatError::Provider(_))));
        });
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    asking.join_all().await;
    let calls = stage.llm.calls().len();
    assert!(calls > REQUESTS, "some are tried again");
    assert!(calls * 10 <= REQUESTS * 12, "{calls} calls");
}

#[tokio::test(start_paused = true)]
async fn after_three_failures_it_is_the_readers_turn() {
    let stage = Stage::new().await;
    for _ in 0..4 {
        stage.llm.reply(Reply::refused(overloaded()));
    }
    let Err(ChatError::Provider(error)) = stage.send(message("Hello")).await else {
        panic!("the provider is overloaded");
    };
    assert_eq!(error.kind, LlmErrorKind::Overloaded);
    assert_eq!(stage.llm.calls().len(), 3);
    let answer = stage.last().await;
    assert_eq!(
        (answer.status, answer.status_detail.as_deref()),
        (MessageStatus::Failed, Some("provider_overloaded"))
    );
    assert_eq!(stage.world.store.usage_events().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_provider_says_how_long_to_wait_and_whether_at_all() {
    let stage = Stage::new().await;
    let limited = LlmError {
        retry_after: Some(Duration::from_secs(3)),
        ..LlmError::new(LlmErrorKind::RateLimited)
    };
    stage.llm.reply(Reply::refused(limited.clone()));
    stage.llm.reply(Reply::text("Now."));
    let begin = tokio::time::Instant::now();
    stage.ask("Hello").await;
    assert_eq!(begin.elapsed().as_secs(), 3);
    stage.llm.reply(Reply::refused(LlmError {
        should_retry: Some(false),
        ..limited
    }));
    assert!(stage.send(message("Again")).await.is_err());
    assert_eq!(stage.llm.calls().len(), 3);
}

#[tokio::test]
async fn a_fault_after_the_first_text_is_not_tried_again_and_what_came_is_kept() {
    let stage = Stage::new().await;
    stage.llm.reply(
        Reply::new()
            .events(beginning("Half an answer"))
            .then_fails(overloaded()),
    );
    let (events, end) = read(stage.send(message("Hello")).await.unwrap()).await;
    assert_eq!(events.len(), 3);
    assert!(
        matches!(end.fault, Some(AnswerFault::Provider(error)) if error.kind == LlmErrorKind::Overloaded)
    );
    assert_eq!(end.message.status, MessageStatus::ProviderError);
    assert!("Half an answer".starts_with(&end.message.text) && !end.message.text.is_empty());
    assert_eq!(stage.last().await, end.message);
    assert_eq!(stage.llm.calls().len(), 1);
}

#[tokio::test]
async fn nothing_is_complete_without_message_stop() {
    let whole = text_answer("A whole answer, or not");
    // From the first text on; before that it is tried again.
    for cut in 4..whole.len() {
        let stage = Stage::new().await;
        stage.llm.reply(Reply::new().events(whole[..cut].to_vec()));
        let (_, end) = read(stage.send(message("Hello")).await.unwrap()).await;
        assert!(
            matches!(&end.fault, Some(AnswerFault::Provider(error)) if error.kind == LlmErrorKind::Interrupted)
        );
        assert_ne!(
            end.message.status,
            MessageStatus::Complete,
            "cut after {cut} events"
        );
        let row = &stage.world.store.usage_events()[0];
        assert_eq!(
            (row.outcome.as_str(), row.tokens_final),
            ("provider_interrupted", false)
        );
    }
}

#[tokio::test]
async fn events_that_make_no_sense_end_the_answer_where_they_come() {
    let stage = Stage::new().await;
    let nonsense = raw_event(
        EventKind::BlockDelta,
        "{\"type\":\"content_block_delta\",\"index\":7}",
    );
    stage.llm.reply(
        Reply::new()
            .events(beginning("Good so far"))
            .events([nonsense]),
    );
    let (events, end) = read(stage.send(message("Hello")).await.unwrap()).await;
    assert_eq!(
        events.len(),
        3,
        "the reader doesn't get what makes no sense"
    );
    assert!(
        matches!(&end.fault, Some(AnswerFault::Provider(error)) if error.kind == LlmErrorKind::Malformed)
    );
}

#[tokio::test]
async fn what_comes_after_the_end_is_left_aside() {
    let stage = Stage::new().await;
    let mut events = text_answer("Done.");
    let whole = events.len();
    events.extend(text_answer("More?"));
    stage.llm.reply(Reply::new().events(events));
    let (passed_on, end) = read(stage.send(message("Hello")).await.unwrap()).await;
    assert_eq!(passed_on.len(), whole);
    assert_eq!((end.message.text.as_str(), end.fault), ("Done.", None));
}

#[tokio::test]
async fn after_a_failure_the_next_turn_leaves_the_empty_answer_out() {
    let stage = Stage::new().await;
    stage
        .llm
        .reply(Reply::refused(LlmError::new(LlmErrorKind::CreditExhausted)));
    assert!(stage.send(message("First try")).await.is_err());
    stage.llm.reply(Reply::text("Hi"));
    stage.ask("Second try").await;
    assert_eq!(
        stage.llm.calls()[1].request.turns.len(),
        2,
        "both questions, and no empty answer between them"
    );
}

#[tokio::test(start_paused = true)]
async fn an_end_that_can_not_be_written_is_tried_again() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hi"));
    stage.world.store.faults().fail("finish_answer", 3);
    let end = stage.ask("Hello").await;
    assert_eq!(end.fault, None);
    assert_eq!(stage.last().await.status, MessageStatus::Complete);
}

#[tokio::test(start_paused = true)]
async fn an_end_that_the_store_does_not_take_is_written_once_it_does() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hi"));
    stage.world.store.faults().fail_always("finish_answer");
    let end = stage.ask("Hello").await;
    assert_eq!(end.fault, Some(AnswerFault::NotSaved));
    stage.world.store.faults().heal();
    assert_eq!(stage.last().await.status, MessageStatus::Streaming);
    // Nobody waits for it any more.
    let written = async {
        while stage.last().await.status == MessageStatus::Streaming {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let written = tokio::time::timeout(Duration::from_secs(5), written);
    written.await.expect("the end is written");
    assert_eq!(stage.last().await.status, MessageStatus::Complete);
    assert_eq!(stage.last().await.text, "Hi");
    assert_eq!(stage.world.store.usage_events().len(), 1);
}
