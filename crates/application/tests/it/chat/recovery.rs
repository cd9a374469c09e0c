//! What is left by a process that died, and who ends it.

use std::{sync::Arc, time::Duration};

use latchkey_application::chat::{AnswerFault, ReaderLeft};
use latchkey_domain::{conversation::MessageStatus, id::InstanceId, system::IdSource};
use latchkey_test_support::{
    builders::events::{text_answer, text_delta},
    memory::{Gate, Reply, system::SequentialIds},
};

use super::{Stage, begins_and_hangs, conversation, message, read};
use crate::world::World;

/// The same server after a restart: another process over the same store.
fn restarted(stage: &Stage) -> World {
    let ids = SequentialIds::new();
    for _ in 0..1_000 {
        ids.next_uuid();
    }
    let instance = InstanceId::new(&ids);
    stage.world.rewired(|ports| {
        ports.instance = instance;
        ports.ids = Arc::new(ids);
    })
}

/// Lets the journal's second pass.
async fn let_the_journal_be_written(stage: &Stage) {
    let before = stage.world.store.faults().calls("append_journal");
    while stage.world.store.faults().calls("append_journal") < before + 2 {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_answer_is_ended_with_what_its_journal_has() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("As far as the journal");
    stage.llm.reply(reply);
    let started = stage.send(message("Go")).await.unwrap();
    let_the_journal_be_written(&stage).await;

    let after = restarted(&stage);
    assert_eq!(after.app.chat.recover_abandoned(true).await.unwrap(), 1);
    let answer = stage.last().await;
    assert_eq!(
        (answer.status, answer.status_detail.as_deref()),
        (MessageStatus::Interrupted, Some("server_restarted"))
    );
    assert!(!answer.text.is_empty());
    let rows = stage.world.store.usage_events();
    assert_eq!((rows.len(), rows[0].outcome.as_str()), (1, "interrupted"));
    // The old process, were it alive, learns that the answer isn't its own any more.
    let (_, end) = read(started).await;
    assert_eq!(end.fault, Some(AnswerFault::AnswerGone));
    assert_eq!(stage.last().await, answer, "and changes nothing");
}

#[tokio::test(start_paused = true)]
async fn an_answer_whose_end_is_in_the_journal_is_complete() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    stage.llm.reply(
        Reply::new()
            .events(text_answer("All of it"))
            .then_waits(&gate),
    );
    stage.world.store.faults().fail_always("finish_answer");
    let mut started = stage.send(message("Go")).await.unwrap();
    started.updates.next().await.unwrap();
    // The end can't be written; the process gives up after some tries.
    let (_, end) = read(started).await;
    assert_eq!(end.fault, Some(AnswerFault::NotSaved));
    stage.world.store.faults().heal();
    let after = restarted(&stage);
    assert_eq!(after.app.chat.recover_abandoned(true).await.unwrap(), 1);
    let answer = stage.last().await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (MessageStatus::Complete, "All of it")
    );
}

#[tokio::test(start_paused = true)]
async fn a_lease_in_force_is_respected() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("Still running");
    stage.llm.reply(reply);
    let _started = stage.send(message("Go")).await.unwrap();
    let other = restarted(&stage);
    assert_eq!(other.app.chat.recover_abandoned(false).await.unwrap(), 0);
    stage.world.clock.advance(Duration::from_secs(31));
    assert_eq!(other.app.chat.recover_abandoned(false).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_lease_is_kept_while_the_provider_thinks() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    stage.llm.reply(
        Reply::new()
            .then_waits(&gate)
            .events(text_answer("After a long while")),
    );
    let chat = stage.world.app.chat.clone();
    let caller = stage.as_ada();
    let sending =
        tokio::spawn(async move { chat.send(caller, message("Go"), ReaderLeft::new()).await });
    stage.llm.called(1).await;
    for _ in 0..3 {
        stage.world.clock.advance(Duration::from_secs(25));
        let_the_journal_be_written(&stage).await;
        assert_eq!(
            restarted(&stage)
                .app
                .chat
                .recover_abandoned(false)
                .await
                .unwrap(),
            0
        );
    }
    gate.open();
    let end = sending
        .await
        .unwrap()
        .unwrap()
        .finish(&ReaderLeft::new())
        .await
        .unwrap();
    assert_eq!(end.message.status, MessageStatus::Complete);
}

#[tokio::test(start_paused = true)]
async fn a_stop_reaches_an_answer_that_another_process_writes() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("As far as this");
    stage.llm.reply(reply);
    let started = stage.send(message("Go")).await.unwrap();
    let other = restarted(&stage);
    let stopped = other
        .app
        .chat
        .stop(&stage.ada, &conversation(), started.answer)
        .await
        .unwrap();
    assert_eq!(stopped.message.status, MessageStatus::Stopped);
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_fails_for_a_while_loses_nothing() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("All of this");
    stage.llm.reply(reply);
    stage.world.store.faults().fail("append_journal", 3);
    let started = stage.send(message("Go")).await.unwrap();
    let_the_journal_be_written(&stage).await;
    let_the_journal_be_written(&stage).await;
    let (first, journal) = stage
        .world
        .ports
        .answers
        .read_journal(started.answer, 0, u32::MAX)
        .await
        .unwrap();
    assert_eq!(first, 0);
    let events = stage.world.ports.format.read_journal(&journal);
    assert_eq!(events, super::beginning("All of this"));
}

/// A store that is away isn't asked more often because more comes.
#[tokio::test(start_paused = true)]
async fn a_journal_that_fails_waits_longer_each_time() {
    let stage = Stage::new().await;
    // Each of them is enough for the journal to be written at once.
    let piece = text_delta(0, &"x".repeat(5_000));
    let gates: Vec<Gate> = (0..40).map(|_| Gate::new()).collect();
    let reply = Reply::new().events(super::beginning("Go"));
    let dripped = |reply: Reply, gate| reply.events([piece.clone()]).then_waits(gate);
    stage.llm.reply(gates.iter().fold(reply, dripped));
    stage.world.store.faults().fail_always("append_journal");
    // Nobody reads, so that nobody slows it down.
    let answer = stage.send(message("Go")).await.unwrap().answer;
    let (last, others) = gates.split_last().unwrap();
    for gate in others {
        tokio::time::sleep(Duration::from_millis(500)).await;
        gate.open();
    }
    let calls = stage.world.store.faults().calls("append_journal");
    assert!((3..=7).contains(&calls), "{calls} calls in 20 s");
    stage.world.store.faults().heal();
    let_the_journal_be_written(&stage).await;
    let answers = &stage.world.ports.answers;
    let journal = answers.read_journal(answer, 0, u32::MAX).await;
    let (_, journal) = journal.unwrap();
    let events = stage.world.ports.format.read_journal(&journal);
    assert_eq!(events.len(), 3 + gates.len());
    last.open();
}

/// While the store was away leases ran out whose holders are alive. They come first.
#[tokio::test(start_paused = true)]
async fn after_an_outage_the_others_get_time_to_renew_their_leases() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("Alive");
    stage.llm.reply(reply);
    let _started = stage.send(message("Go")).await.unwrap();
    let other = restarted(&stage);
    stage.world.clock.advance(Duration::from_secs(31));
    stage.world.store.faults().fail("take_over_answers", 1);
    let chat = &other.app.chat;
    assert!(chat.recover_abandoned(false).await.is_err());
    for _ in 0..2 {
        assert_eq!(chat.recover_abandoned(false).await.unwrap(), 0);
        stage.world.clock.advance(Duration::from_secs(14));
    }
    stage.world.clock.advance(Duration::from_secs(3));
    assert_eq!(chat.recover_abandoned(false).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_process_never_ends_its_own_living_answer() {
    let stage = Stage::new().await;
    let (reply, gate) = begins_and_hangs("Alive");
    stage.llm.reply(reply);
    let started = stage.send(message("Go")).await.unwrap();
    // The store was away for longer than the lease.
    stage.world.clock.advance(Duration::from_secs(31));
    let ended = stage.world.app.chat.recover_abandoned(false).await.unwrap();
    assert_eq!(ended, 0);
    gate.open();
    read(started).await;
    assert_eq!(stage.world.store.usage_events().len(), 1);
}
