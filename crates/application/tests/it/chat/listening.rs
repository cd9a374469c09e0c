//! Listeners: what they get, whichever process writes, and that they hold nothing up.

use std::time::Duration;

use bytes::Bytes;
use latchkey_application::chat::{
    AnswerFault, AnswerUpdate, ChatError, EndedAnswer, StartedAnswer,
};
use latchkey_domain::{
    conversation::MessageStatus,
    id::{InstanceId, MessageId},
    llm::LlmEvent,
};
use latchkey_test_support::{
    builders::events::{block_stop, message_delta, message_stop, text_block},
    memory::{Gate, Reply},
};

use super::{Stage, beginning, conversation, message, stop_when_left, unknown_message};

/// A reply that says one thing, waits at the gate, and says the rest.
fn in_two_parts(gate: &Gate) -> Reply {
    let rest: Vec<LlmEvent> = text_block(0, "and the rest").into_iter().skip(1).collect();
    Reply::new()
        .dripping(beginning("The beginning "))
        .then_waits(gate)
        .dripping(rest)
        .events([message_delta("end_turn"), message_stop()])
}

async fn listen(stage: &Stage, message: MessageId, from: u64) -> StartedAnswer {
    let chat = &stage.world.app.chat;
    let listening = chat
        .listen(&stage.ada, &conversation(), message, from)
        .await;
    listening.expect("somebody's own answer")
}

/// All bytes, and what came last.
async fn read_all(mut started: StartedAnswer) -> (Bytes, AnswerUpdate) {
    let mut bytes = Vec::new();
    while let Some(update) = started.updates.next().await {
        match update {
            AnswerUpdate::Events(batch) => bytes.extend_from_slice(&batch.bytes),
            last => return (bytes.into(), last),
        }
    }
    panic!("the stream just ended");
}

fn end(last: AnswerUpdate) -> EndedAnswer {
    match last {
        AnswerUpdate::Ended(end) => *end,
        other => panic!("no end: {other:?}"),
    }
}

fn events_in(bytes: &[u8]) -> usize {
    let text = std::str::from_utf8(bytes).unwrap();
    text.matches("event: ").count()
}

#[tokio::test]
async fn all_listeners_get_the_same_bytes_whenever_they_come() {
    let stage =
        Stage::with_policy(|policy| policy.journal_interval = Duration::from_millis(5)).await;
    let gate = Gate::new();
    stage.llm.reply(in_two_parts(&gate));
    let first = stage.send(message("Go")).await.unwrap();
    let answer = first.answer;
    // By then the beginning is in the journal.
    let mut waits = 0;
    while stage
        .world
        .ports
        .answers
        .read_journal(answer, 0, 1)
        .await
        .unwrap()
        .1
        .is_empty()
    {
        waits += 1;
        assert!(waits < 1_000, "nothing is journalled");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let from_journal = listen(&stage, answer, 0).await;
    let early = listen(&stage, answer, 0).await;
    let further = listen(&stage, answer, 2).await;
    let beyond = listen(&stage, answer, u64::MAX).await;
    assert_eq!(early.user_message, first.user_message);
    assert_eq!(early.receipt, first.receipt);
    gate.open();
    let (
        (all, last),
        (early, of_early),
        (journalled, of_journalled),
        (rest, _),
        (nothing, of_beyond),
    ) = tokio::join!(
        read_all(first),
        read_all(early),
        read_all(from_journal),
        read_all(further),
        read_all(beyond)
    );
    assert!(!all.is_empty());
    assert_eq!(early, all);
    assert_eq!(journalled, all);
    assert!(all.ends_with(&rest) && rest.starts_with(b"id: 2\n"));
    assert_eq!(events_in(&rest) + 2, events_in(&all));
    assert_eq!(nothing, Bytes::new());
    let last = end(last);
    for other in [of_early, of_journalled, of_beyond] {
        assert_eq!(end(other), last);
    }
}

#[tokio::test]
async fn of_an_answer_that_has_ended_there_is_the_end() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Four."));
    let asked = stage.ask("2 + 2?").await;
    let (bytes, last) = read_all(listen(&stage, asked.message.id, 0).await).await;
    assert_eq!((bytes, end(last)), (Bytes::new(), asked));
}

#[tokio::test]
async fn a_listener_that_leaves_stops_nothing_even_where_the_reader_would() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    stage.llm.reply(in_two_parts(&gate));
    let first = stage.send(stop_when_left("Go")).await.unwrap();
    for _ in 0..3 {
        drop(listen(&stage, first.answer, 0).await);
    }
    gate.open();
    let (_, last) = read_all(first).await;
    assert_eq!(end(last).message.status, MessageStatus::Complete);
}

#[tokio::test]
async fn only_somebodys_own_answers_are_listened_to() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Four."));
    let asked = stage.ask("2 + 2?").await.message;
    let eve = stage.world.actor("eve").await;
    let chat = &stage.world.app.chat;
    let theirs = chat.listen(&eve, &conversation(), asked.id, 0).await;
    assert!(matches!(theirs, Err(ChatError::NotFound)));
    let nobody = chat
        .listen(&stage.ada, &conversation(), unknown_message(), 0)
        .await;
    assert!(matches!(nobody, Err(ChatError::NotFound)));
    let question = chat
        .listen(&stage.ada, &conversation(), asked.parent.unwrap(), 0)
        .await;
    assert!(matches!(question, Err(ChatError::NotAnAnswer)));
}

/// The same store, another process.
fn other_process(stage: &Stage) -> crate::world::World {
    stage.world.rewired(|ports| {
        ports.instance = InstanceId::new(ports.ids.as_ref());
    })
}

#[tokio::test(start_paused = true)]
async fn what_another_process_writes_is_followed_in_its_journal() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    stage.llm.reply(in_two_parts(&gate));
    let first = stage.send(message("Go")).await.unwrap();
    let other = other_process(&stage);
    let mut listener = other
        .app
        .chat
        .listen(&stage.ada, &conversation(), first.answer, 0)
        .await
        .unwrap();
    let Some(AnswerUpdate::Events(seen)) = listener.updates.next().await else {
        panic!("the journal has the beginning");
    };
    gate.open();
    let (all, last) = read_all(first).await;
    assert!(all.starts_with(&seen.bytes), "no event is another's");
    let (more, of_listener) = read_all(listener).await;
    assert!(all.starts_with(&[seen.bytes, more].concat()));
    assert_eq!(end(of_listener), end(last));
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_runs_out_is_the_end_for_listeners() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    stage.llm.reply(in_two_parts(&gate));
    let first = stage.send(message("Go")).await.unwrap();
    let other = other_process(&stage);
    let chat = &other.app.chat;
    let listener = chat
        .listen(&stage.ada, &conversation(), first.answer, 0)
        .await
        .unwrap();
    assert_eq!(chat.recover_abandoned(true).await.unwrap(), 1);
    let (_, last) = read_all(listener).await;
    let last = end(last);
    assert_eq!(last.message.status, MessageStatus::Interrupted);
    assert_eq!(last.fault, Some(AnswerFault::AnswerGone));
}

#[tokio::test(start_paused = true)]
async fn a_listeners_session_deletion_and_a_stop_end_it() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    stage.llm.reply(in_two_parts(&gate));
    let first = stage.send(message("Go")).await.unwrap();
    let other = other_process(&stage);
    let tokens = stage.world.login("ada").await;
    let tab = stage.world.signed_in_of(&tokens).await;
    let signed_out = other
        .app
        .chat
        .listen(&tab.clone().into(), &conversation(), first.answer, 0)
        .await
        .unwrap();
    stage
        .world
        .ports
        .sessions
        .end_session(tab.user.id, tab.session.id)
        .await
        .unwrap();
    let (_, last) = read_all(signed_out).await;
    assert!(
        matches!(last, AnswerUpdate::Cut(AnswerFault::SessionEnded)),
        "{last:?}"
    );

    let there = other
        .app
        .chat
        .listen(&stage.ada, &conversation(), first.answer, 0)
        .await
        .unwrap();
    let draining = stage.world.rewired(|_| ());
    let elsewhere = draining
        .app
        .chat
        .listen(&stage.ada, &conversation(), first.answer, 0)
        .await
        .unwrap();
    draining.app.chat.drain();
    let (_, last) = read_all(elsewhere).await;
    assert!(
        matches!(last, AnswerUpdate::Cut(AnswerFault::ServerStopping)),
        "{last:?}"
    );

    stage
        .world
        .app
        .conversations
        .delete(&stage.ada, &conversation())
        .await
        .unwrap();
    let (_, last) = read_all(there).await;
    assert!(
        matches!(last, AnswerUpdate::Cut(AnswerFault::AnswerGone)),
        "{last:?}"
    );
    let (_, last) = read_all(first).await;
    assert_eq!(end(last).fault, Some(AnswerFault::AnswerGone));
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_takes_nothing_holds_nobody_up_and_is_told_to_re_attach() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    let many = (0..200).map(|_| text_block(0, "x").swap_remove(1));
    let reply = Reply::new()
        .dripping(beginning("x"))
        .then_waits(&gate)
        .dripping(many)
        .events([block_stop(0), message_delta("end_turn"), message_stop()]);
    stage.llm.reply(reply);
    let first = stage.send(message("Go")).await.unwrap();
    let slow = listen(&stage, first.answer, 0).await;
    gate.open();
    let (_, last) = read_all(first).await;
    assert_eq!(end(last).message.status, MessageStatus::Complete);
    tokio::time::sleep(stage.world.policy.slow_reader * 2).await;
    let (_, last) = read_all(slow).await;
    assert!(
        matches!(last, AnswerUpdate::Cut(AnswerFault::ReaderTooSlow)),
        "{last:?}"
    );
}
