//! The defined ways in which an answer ends early: a reader that leaves, a stop, a session or a server that ends.

use std::time::Duration;

use latchkey_application::{
    chat::{AnswerFault, Caller, ChatError, ReaderLeft},
    personal_tokens::CreatePersonalToken,
};
use latchkey_domain::{
    conversation::{ConversationId, MessageStatus},
    personal_token::{Scope, Scopes},
    user::UserStatus,
};
use latchkey_test_support::{
    builders::events::{block_stop, message_delta, message_stop},
    memory::{Gate, Reply},
};

use super::{
    Stage, anonymous, beginning, begins_and_hangs, conversation, message, message_with_key, read,
    stop_when_left, unknown_message,
};

#[tokio::test]
async fn without_its_reader_an_answer_goes_on_to_its_end() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    let rest = [block_stop(0), message_delta("end_turn"), message_stop()];
    stage.llm.reply(
        Reply::new()
            .events(beginning("All of it"))
            .then_waits(&gate)
            .events(rest),
    );
    drop(stage.send(message("Go on")).await.unwrap());
    gate.open();
    let answer = stage.ended().await;
    assert_eq!(answer.status, MessageStatus::Complete);
}

#[tokio::test]
async fn a_reader_that_leaves_stops_the_answer_if_so_chosen() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("As far as this");
    stage.llm.reply(reply);
    drop(stage.send(stop_when_left("Go")).await.unwrap());
    stage.llm.left().await;
    let answer = stage.ended().await;
    assert_eq!(answer.status, MessageStatus::ClientGone);
    let row = &stage.world.store.usage_events()[0];
    assert_eq!(
        (row.outcome.as_str(), row.tokens_final),
        ("client_gone", false)
    );
    assert_eq!(
        row.tokens.unwrap().input,
        12,
        "what the provider counted before is in the ledger"
    );
}

#[tokio::test]
async fn who_leaves_before_anything_came_stops_it_too() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    stage.llm.reply(Reply::new().then_waits(&gate));
    let left = ReaderLeft::new();
    let guard = left.guard();
    let chat = stage.world.app.chat.clone();
    let sending = tokio::spawn({
        let caller = stage.as_ada();
        async move { chat.send(caller, stop_when_left("Go"), left).await }
    });
    stage.llm.called(1).await;
    drop(guard);
    assert!(matches!(
        sending.await.unwrap(),
        Err(ChatError::StoppedEarly)
    ));
    stage.llm.left().await;
    let answer = stage.ended().await;
    assert_eq!(
        (answer.status, answer.content.is_empty_array()),
        (MessageStatus::ClientGone, true)
    );
    assert_eq!(stage.world.store.usage_events()[0].tokens, None);
}

#[tokio::test]
async fn an_anonymous_reader_that_leaves_always_stops_it() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("As far as this");
    stage.llm.reply(reply);
    let chat = &stage.world.app.chat;
    drop(
        chat.send(
            anonymous(),
            message_with_key("Go", "guest"),
            ReaderLeft::new(),
        )
        .await
        .unwrap(),
    );
    stage.llm.left().await;
}

#[tokio::test]
async fn a_stop_keeps_what_came_and_is_no_fault() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("As far as this");
    stage.llm.reply(reply);
    let started = stage.send(message("Go")).await.unwrap();
    let stopped = stage
        .world
        .app
        .chat
        .stop(&stage.ada, &conversation(), started.answer)
        .await
        .unwrap();
    assert_eq!(stopped.message.status, MessageStatus::Stopped);
    let (_, end) = read(started).await;
    assert_eq!(end.fault, None);
    assert_eq!(end.message, stopped.message);
    assert!(!end.message.text.is_empty());
    stage.llm.left().await;
}

#[tokio::test]
async fn a_stop_of_what_has_ended_or_never_was() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Done"));
    let end = stage.ask("Go").await;
    let chat = &stage.world.app.chat;
    let found = chat
        .stop(&stage.ada, &conversation(), end.message.id)
        .await
        .unwrap();
    assert_eq!(found.message.status, MessageStatus::Complete);
    let nothing = unknown_message();
    assert!(matches!(
        chat.stop(&stage.ada, &conversation(), nothing).await,
        Err(ChatError::NotFound)
    ));
    let other = ConversationId::parse("other").unwrap();
    assert!(matches!(
        chat.stop(&stage.ada, &other, end.message.id).await,
        Err(ChatError::NotFound)
    ));
    let eve = stage.world.actor("eve").await;
    assert!(matches!(
        chat.stop(&eve, &conversation(), end.message.id).await,
        Err(ChatError::NotFound)
    ));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_ends_its_stream() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("As far as this");
    stage.llm.reply(reply);
    let started = stage.send(message("Go")).await.unwrap();
    let users = &stage.world.ports.users;
    users
        .set_user_status(stage.ada.user.id, UserStatus::Disabled, stage.world.now())
        .await
        .unwrap();
    let begin = tokio::time::Instant::now();
    let (_, end) = read(started).await;
    assert!(
        begin.elapsed() <= Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(end.fault, Some(AnswerFault::SessionEnded));
    assert_eq!(end.message.status, MessageStatus::Interrupted);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_becomes_void_ends_its_stream() {
    for expires in [false, true] {
        let stage = Stage::new().await;
        let ada = stage.ada.clone().into_signed_in().unwrap();
        let lifetime = Duration::from_mins(1);
        let command = CreatePersonalToken {
            name: "a script's".to_owned(),
            scopes: Scopes::of([Scope::Chat]).unwrap(),
            expires_at: expires.then(|| stage.world.now().plus(lifetime)),
        };
        let tokens = &stage.world.app.personal_tokens;
        let token = tokens.create(&ada, command).await.unwrap();
        let script = stage.world.holder_of(&token).await.unwrap();
        let (reply, _gate) = begins_and_hangs("As far as this");
        stage.llm.reply(reply);
        let chat = &stage.world.app.chat;
        let started = chat
            .send(Caller::SignedIn(script), message("Go"), ReaderLeft::new())
            .await
            .unwrap();
        if expires {
            stage.world.clock.advance(lifetime);
        } else {
            tokens.delete(&ada, token.token.id).await.unwrap();
        }
        let begin = tokio::time::Instant::now();
        let (_, end) = read(started).await;
        assert!(
            begin.elapsed() <= Duration::from_secs(5),
            "{:?}",
            begin.elapsed()
        );
        assert_eq!(end.fault, Some(AnswerFault::SessionEnded));
        assert_eq!(end.message.status, MessageStatus::Interrupted);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_gives_answers_time_and_then_saves_them() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("As far as this");
    stage.llm.reply(reply);
    let started = stage.send(message("Go")).await.unwrap();
    let chat = stage.world.app.chat.clone();
    let begin = tokio::time::Instant::now();
    assert_eq!(chat.shut_down(Duration::from_secs(25)).await, 1);
    assert!((25..30).contains(&begin.elapsed().as_secs()));
    let (_, end) = read(started).await;
    assert_eq!(end.fault, Some(AnswerFault::ServerStopping));
    assert_eq!(stage.last().await.status, MessageStatus::Interrupted);
    assert!(matches!(
        stage.send(message("More")).await,
        Err(ChatError::ServerStopping)
    ));
}

/// It was begun: who sends the request again would have the question twice.
#[tokio::test(start_paused = true)]
async fn a_server_that_stops_before_the_first_word_says_what_was_saved() {
    for is_saved in [true, false] {
        let stage = Stage::new().await;
        let (caller, message) = if is_saved {
            (stage.as_ada(), message("Go"))
        } else {
            (anonymous(), message_with_key("Go", "ANON"))
        };
        let gate = Gate::new();
        stage.llm.reply(Reply::new().then_waits(&gate));
        let chat = stage.world.app.chat.clone();
        let sending =
            tokio::spawn(async move { chat.send(caller, message, ReaderLeft::new()).await });
        stage.llm.called(1).await;
        let chat = &stage.world.app.chat;
        assert_eq!(chat.shut_down(Duration::from_secs(1)).await, 1);
        match sending.await.unwrap() {
            Err(ChatError::InterruptedEarly(answer)) if is_saved => {
                assert_eq!(answer.status, MessageStatus::Interrupted);
                assert_eq!(stage.last().await, *answer);
            }
            Err(ChatError::ServerStopping) => assert!(!is_saved),
            other => panic!("{:?}", other.err()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_without_running_answers_stops_at_once() {
    let stage = Stage::new().await;
    let begin = tokio::time::Instant::now();
    assert_eq!(
        stage
            .world
            .app
            .chat
            .shut_down(Duration::from_secs(25))
            .await,
        0
    );
    assert!(begin.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_takes_nothing_is_let_go_and_the_answer_completes() {
    let stage = Stage::new().await;
    let many: Vec<_> = std::iter::repeat_with(latchkey_test_support::builders::events::ping)
        .take(200)
        .collect();
    let rest = [block_stop(0), message_delta("end_turn"), message_stop()];
    stage.llm.reply(
        Reply::new()
            .events(beginning("All"))
            .dripping(many)
            .events(rest),
    );
    let unread = stage.send(message("Go")).await.unwrap();
    // Time passes only while nothing else can happen: the run waits for its reader, then goes on without.
    tokio::time::sleep(Duration::from_secs(40)).await;
    assert_eq!(stage.last().await.status, MessageStatus::Complete);
    drop(unread);
}

#[tokio::test]
async fn who_waits_for_the_whole_answer_can_leave_too() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("As far as this");
    stage.llm.reply(reply);
    let started = stage.send(stop_when_left("Go")).await.unwrap();
    let left = ReaderLeft::new();
    let guard = left.guard();
    let waiting = tokio::spawn(async move { started.finish(&left).await });
    drop(guard);
    assert!(waiting.await.unwrap().is_none());
    stage.llm.left().await;
    assert_eq!(stage.ended().await.status, MessageStatus::ClientGone);
}
