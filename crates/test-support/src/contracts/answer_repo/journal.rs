//! What a writer writes while it writes.

use std::time::Duration;

use latchkey_domain::{
    conversation::{JournalEntry, JournalOutcome, LEASE},
    id::MessageId,
};

use super::{Case, written};
use crate::contracts::Stores;

/// "The journal … from event `from` on, as one sequence of bytes, with the number of its first event (parts are
/// returned whole …)."
pub async fn the_journal_comes_back_in_order_from_any_event(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let other = case.begin(&conversation, None, "Other").await;
    case.journal(&other, 0, "not this one\n\n").await;
    // Parts of three, one, two and no events.
    let parts = [
        (0, "a\n\nb\n\nc\n\n"),
        (3, "d\n\n"),
        (4, "e\n\nf\n\n"),
        (6, ""),
    ];
    for (first_event, events) in parts {
        case.journal(&turn, first_event, events).await;
    }
    let read = |from| stores.answers.read_journal(turn.answer.id, from, u32::MAX);
    for from in [0, 1, 2] {
        let whole = b"a\n\nb\n\nc\n\nd\n\ne\n\nf\n\n".to_vec();
        assert_eq!(read(from).await.unwrap(), (0, whole), "from {from}");
    }
    assert_eq!(read(3).await.unwrap(), (3, b"d\n\ne\n\nf\n\n".to_vec()));
    for from in [4, 5] {
        assert_eq!(
            read(from).await.unwrap(),
            (4, b"e\n\nf\n\n".to_vec()),
            "from {from}"
        );
    }
    for from in [6, 7, 1_000] {
        let (first, rest) = read(from).await.unwrap();
        let nothing_missed = (first, rest.as_slice()) == (4, b"e\n\nf\n\n") || rest.is_empty();
        assert!(nothing_missed, "from {from}: {first} {rest:?}");
    }
}

/// "Up to `parts` parts of the journal …"
pub async fn a_journal_is_read_in_parts(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    for (first_event, events) in [(0, "a\n\nb\n\n"), (2, "c\n\n"), (3, "d\n\n")] {
        case.journal(&turn, first_event, events).await;
    }
    let read = |from, parts| stores.answers.read_journal(turn.answer.id, from, parts);
    assert_eq!(read(0, 1).await.unwrap(), (0, b"a\n\nb\n\n".to_vec()));
    assert_eq!(read(1, 2).await.unwrap(), (0, b"a\n\nb\n\nc\n\n".to_vec()));
    assert_eq!(read(2, 9).await.unwrap(), (2, b"c\n\nd\n\n".to_vec()));
}

/// "A part may be written again, with more at its end: it replaces the first."
pub async fn a_part_may_be_written_again_with_more(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    for (first_event, events) in [(0, "a\n\n"), (1, "b\n\n"), (1, "b\n\nc\n\n"), (3, "d\n\n")] {
        case.journal(&turn, first_event, events).await;
    }
    let read = stores
        .answers
        .read_journal(turn.answer.id, 0, u32::MAX)
        .await;
    assert_eq!(read.unwrap(), (0, b"a\n\nb\n\nc\n\nd\n\n".to_vec()));
}

/// "Adds to the journal and renews the lease"; "May be empty: a sign of life."
pub async fn a_sign_of_life_renews_the_lease(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let first_lease = turn.running.lease_until;
    let renewed = first_lease.plus(LEASE);
    let mut entry = case.samples.journal_entry(&turn, 0, "");
    entry.lease_until = renewed;
    assert_eq!(case.append(&entry).await, written(false));
    let early = case
        .take_over(renewed.minus(Duration::from_secs(1)), false, 100)
        .await;
    assert_eq!(early, [], "the lease was renewed");
    let late = case
        .take_over(renewed.plus(Duration::from_secs(1)), false, 100)
        .await;
    assert_eq!(late.len(), 1);
}

/// "LeaseLost: the answer is not this writer's any more … Nothing was written."
pub async fn the_journal_of_another_writer_is_refused(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    case.journal(&turn, 0, "a\n\n").await;
    let stranger = JournalEntry {
        holder: case.samples.instance(),
        ..case.samples.journal_entry(&turn, 1, "b\n\n")
    };
    assert_eq!(case.append(&stranger).await, JournalOutcome::LeaseLost);
    let unknown = JournalEntry {
        message: MessageId::new(case.samples.ids()),
        ..case.samples.journal_entry(&turn, 1, "c\n\n")
    };
    assert_eq!(case.append(&unknown).await, JournalOutcome::LeaseLost);
    let read = stores
        .answers
        .read_journal(turn.answer.id, 0, u32::MAX)
        .await
        .unwrap();
    assert_eq!(read, (0, b"a\n\n".to_vec()));
}

/// "… removes journal and lease."
pub async fn the_journal_of_a_finished_answer_is_gone(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    case.journal(&turn, 0, "a\n\n").await;
    case.finish(&turn, "Hi").await;
    let (_, journal) = stores
        .answers
        .read_journal(turn.answer.id, 0, u32::MAX)
        .await
        .unwrap();
    assert_eq!(journal, b"");
    let late = case.samples.journal_entry(&turn, 1, "b\n\n");
    assert_eq!(case.append(&late).await, JournalOutcome::LeaseLost);
    let (_, journal) = stores
        .answers
        .read_journal(turn.answer.id, 0, u32::MAX)
        .await
        .unwrap();
    assert_eq!(journal, b"");
    assert_eq!(case.take_over_all(100).await, []);
}

/// "… or its conversation was deleted."
pub async fn a_writer_whose_conversation_was_deleted_learns_of_it(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    case.journal(&turn, 0, "a\n\n").await;
    case.delete(&conversation).await;
    let entry = case.samples.journal_entry(&turn, 1, "b\n\n");
    assert_eq!(case.append(&entry).await, JournalOutcome::LeaseLost);
    let (_, journal) = stores
        .answers
        .read_journal(turn.answer.id, 0, u32::MAX)
        .await
        .unwrap();
    assert_eq!(journal, b"");
    let end = case.samples.completion(&turn, "Hi");
    assert!(!stores.answers.finish_answer(&end).await.unwrap());
    assert_eq!(case.attempts().await, 1, "the money was spent all the same");
    assert_eq!(case.take_over_all(100).await, []);
}
