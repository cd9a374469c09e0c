//! Requests that came with a key: the same one again begins nothing.

use std::time::Duration;

use latchkey_application::{
    Actor,
    chat::{AnswerSettings, ChatError, OnceAction, ReaderLeft, Regenerate, SendMessage},
};
use latchkey_domain::{
    conversation::{BegunBefore, MessageStatus, ONCE_KEPT},
    llm::{LlmError, LlmErrorKind},
    rate_limit::LimitName,
};
use latchkey_test_support::memory::Reply;

use super::{Stage, begins_and_hangs, conversation, message, unknown_message};
use crate::world::World;

/// The message `text`, sent by `actor` under `key`.
fn keyed(world: &World, actor: &Actor, key: &str, text: &str) -> SendMessage {
    let of = conversation();
    let send = OnceAction::Send(&of);
    let once = world
        .app
        .chat
        .name_request(actor, key, send, text.as_bytes());
    SendMessage {
        once: Some(once),
        ..message(text)
    }
}

impl Stage {
    /// Ada's message `text` under `key`.
    fn keyed(&self, key: &str, text: &str) -> SendMessage {
        keyed(&self.world, &self.ada, key, text)
    }

    /// Why ada's message under `key` begins no answer.
    async fn refusal(&self, key: &str, text: &str) -> ChatError {
        match self.send(self.keyed(key, text)).await {
            Err(error) => error,
            Ok(started) => panic!("{} began", started.answer),
        }
    }
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer() {
    let stage = Stage::new().await;
    stage.limiter.set_max(LimitName::Chat, 1);
    stage.llm.reply(Reply::text("Blue."));
    let first = stage.send(stage.keyed("k", "Sky?")).await.unwrap();
    let (answer, asked) = (first.answer, first.user_message.clone());
    let end = first.finish(&ReaderLeft::new()).await.unwrap();

    for _ in 0..3 {
        let again = stage.send(stage.keyed("k", "Sky?")).await.unwrap();
        assert_eq!((again.answer, &again.user_message), (answer, &asked));
        let again = again.finish(&ReaderLeft::new()).await.unwrap();
        assert_eq!(again.message, end.message);
    }
    assert_eq!(stage.llm.calls().len(), 1);
    assert_eq!(stage.path().await.len(), 2);
    assert_eq!(stage.world.store.usage_events().len(), 1);
}

#[tokio::test]
async fn an_answer_anew_is_given_once() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("One."));
    stage.llm.reply(Reply::text("Two."));
    let first = stage.ask("Count").await.message;
    let chat = &stage.world.app.chat;
    let of = conversation();
    let action = OnceAction::Regenerate(&of, first.id);
    let command = Regenerate {
        conversation: conversation(),
        answer_of: first.id,
        once: Some(chat.name_request(&stage.ada, "k", action, b"")),
        answer: AnswerSettings::default(),
    };
    let mut answers = Vec::new();
    for _ in 0..2 {
        let started = chat.regenerate(&stage.ada, command.clone(), ReaderLeft::new());
        let started = started.await.unwrap();
        let end = started.finish(&ReaderLeft::new()).await.unwrap();
        answers.push(end.message);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].text, "Two.");
    assert_eq!(stage.llm.calls().len(), 2);

    // Sending is something else, whatever its body.
    let error = stage.refusal("k", "").await;
    assert!(matches!(error, ChatError::KeyOfAnotherRequest), "{error:?}");
}

#[tokio::test]
async fn while_its_answer_runs_a_request_is_told_which_it_is() {
    let stage = Stage::new().await;
    let (reply, gate) = begins_and_hangs("Well");
    stage.llm.reply(reply);
    let running = stage.send(stage.keyed("k", "Go")).await.unwrap();
    let error = stage.refusal("k", "Go").await;
    assert!(
        matches!(error, ChatError::BegunBefore(BegunBefore { answer, .. }) if answer == running.answer),
        "{error:?}"
    );
    let other = stage.refusal("k", "Stop").await;
    assert!(matches!(other, ChatError::KeyOfAnotherRequest), "{other:?}");
    let other = stage.refusal("another", "Go").await;
    assert!(matches!(other, ChatError::AnswerRunning), "{other:?}");

    gate.open();
    let answer = running.answer;
    running.finish(&ReaderLeft::new()).await.unwrap();
    let again = stage.send(stage.keyed("k", "Go")).await.unwrap();
    assert_eq!(again.answer, answer);
    assert_eq!(stage.llm.calls().len(), 1);
}

/// Of two that looked for the key before either took it, one begins.
#[tokio::test]
async fn of_two_at_once_one_begins() {
    let stage = Stage::new().await;
    let (reply, gate) = begins_and_hangs("Well");
    stage.llm.reply(reply);
    let mut pause = stage.world.store.faults().pause("begin_turn");
    let both_there = async {
        pause.reached(2).await;
        assert_eq!(stage.llm.calls().len(), 0, "the provider waits for the key");
        pause.end();
    };
    let send = || stage.send(stage.keyed("k", "Go"));
    let (one, two, ()) = tokio::join!(send(), send(), both_there);
    let (began, refused) = match (one, two) {
        (Ok(began), Err(refused)) | (Err(refused), Ok(began)) => (began, refused),
        (one, two) => panic!("{} {}", one.is_ok(), two.is_ok()),
    };
    assert!(
        matches!(refused, ChatError::BegunBefore(BegunBefore { answer, .. }) if answer == began.answer),
        "{refused:?}"
    );
    gate.open();
    began.finish(&ReaderLeft::new()).await.unwrap();
    assert_eq!(stage.llm.calls().len(), 1);
    assert_eq!(stage.path().await.len(), 2);
}

/// What is in the way of a repetition is its own first time, and it is told that.
#[tokio::test]
async fn a_request_that_began_meanwhile_is_found_behind_what_it_put_in_the_way() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hi"));
    stage.ask("Hello").await;
    let (reply, _gate) = begins_and_hangs("Well");
    stage.llm.reply(reply);
    let faults = stage.world.store.faults();
    let mut pause = faults.pause("find_branch");
    let early = async {
        pause.reached(1).await;
        // Who comes later doesn't wait there.
        faults.pause("find_branch").end();
        let began = stage.send(stage.keyed("k", "Go")).await.unwrap();
        pause.end();
        began
    };
    let (late, early) = tokio::join!(stage.send(stage.keyed("k", "Go")), early);
    let Err(ChatError::BegunBefore(begun)) = late else {
        panic!("it began a second time");
    };
    assert_eq!(begun.answer, early.answer);
    assert_eq!(stage.llm.calls().len(), 2);
}

#[tokio::test]
async fn somebody_elses_same_key_is_another() {
    let stage = Stage::new().await;
    let eve = stage.world.actor("eve").await;
    stage.world.add_key(&eve, "eves").await;
    stage.llm.reply(Reply::text("To ada."));
    stage.llm.reply(Reply::text("To eve."));
    let mut answers = Vec::new();
    for actor in [&stage.ada, &eve] {
        let caller = latchkey_application::chat::Caller::SignedIn(actor.clone());
        let command = keyed(&stage.world, actor, "k", "Hello");
        let chat = &stage.world.app.chat;
        let started = chat.send(caller, command, ReaderLeft::new()).await.unwrap();
        let end = started.finish(&ReaderLeft::new()).await.unwrap();
        answers.push(end.message.text);
    }
    assert_eq!(answers, ["To ada.", "To eve."]);
}

#[tokio::test]
async fn a_key_is_free_until_something_begins() {
    let stage = Stage::new().await;
    let orphan = SendMessage {
        parent: latchkey_application::chat::Parent::Message(unknown_message()),
        ..stage.keyed("k", "Hello")
    };
    let error = stage.send(orphan).await.err();
    assert!(matches!(error, Some(ChatError::UnknownParent)), "{error:?}");
    stage.world.store.faults().fail("begin_turn", 1);
    let error = stage.refusal("k", "Hello").await;
    assert!(matches!(error, ChatError::Store(_)), "{error:?}");
    assert_eq!(stage.llm.calls().len(), 0, "nobody was asked");

    stage.llm.reply(Reply::text("Hi"));
    let started = stage.send(stage.keyed("k", "Hello")).await.unwrap();
    let end = started.finish(&ReaderLeft::new()).await.unwrap();
    assert_eq!(end.message.text, "Hi");
}

/// The messages are kept, so a failure is an answer, too: whoever wants another one asks under another key.
#[tokio::test]
async fn a_failed_answer_stays_failed() {
    let stage = Stage::with_policy(|policy| policy.retry.max_retries = 0).await;
    let error = LlmError::new(LlmErrorKind::Overloaded);
    stage.llm.reply(Reply::refused(error));
    let first = stage.refusal("k", "Hello").await;
    assert!(matches!(first, ChatError::Provider(_)), "{first:?}");
    let again = stage.send(stage.keyed("k", "Hello")).await.unwrap();
    let end = again.finish(&ReaderLeft::new()).await.unwrap();
    assert_eq!(end.message.status, MessageStatus::Failed);
    assert!(end.fault.is_some());
    assert_eq!(stage.llm.calls().len(), 1);
}

#[tokio::test]
async fn after_a_deletion_the_request_is_told_of_it() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hi"));
    let started = stage.send(stage.keyed("k", "Hello")).await.unwrap();
    started.finish(&ReaderLeft::new()).await.unwrap();
    let conversations = &stage.world.app.conversations;
    let deleted = conversations.delete(&stage.ada, &conversation()).await;
    deleted.unwrap();
    let error = stage.refusal("k", "Hello").await;
    assert!(matches!(error, ChatError::ConversationDeleted), "{error:?}");
}

#[tokio::test]
async fn after_a_day_a_key_is_free_and_then_gone() {
    let stage = Stage::new().await;
    for text in ["One", "Two"] {
        stage.llm.reply(Reply::text(text));
    }
    let first = stage.send(stage.keyed("k", "Count")).await.unwrap();
    let first = first.finish(&ReaderLeft::new()).await.unwrap();
    let just_before = ONCE_KEPT.checked_sub(Duration::from_micros(1)).unwrap();
    stage.world.clock.advance(just_before);
    assert_eq!(stage.world.app.tidy_up().await.unwrap().once_keys, 0);
    let again = stage.send(stage.keyed("k", "Count")).await.unwrap();
    assert_eq!(again.answer, first.message.id);

    stage.world.clock.advance(Duration::from_micros(1));
    let second = stage.send(stage.keyed("k", "Count")).await.unwrap();
    let second = second.finish(&ReaderLeft::new()).await.unwrap();
    assert_eq!(second.message.text, "Two");

    stage.world.clock.advance(ONCE_KEPT);
    assert_eq!(stage.world.app.tidy_up().await.unwrap().once_keys, 1);
    assert_eq!(stage.world.app.tidy_up().await.unwrap().once_keys, 0);
}
