//! Stopping answers, and taking over what a dead writer left.

use std::{collections::HashSet, time::Duration};

use latchkey_domain::{
    conversation::{FinishAnswer, JournalEntry, JournalOutcome, LEASE, RunningAnswer, StopRequest},
    id::{InstanceId, MessageId, TeamId},
    owner::Owner,
};

use super::{Case, written};
use crate::contracts::{Stores, all_at_once};

/// "The answer was running; its writer learns of it with its next sign of life, at the latest."
pub async fn a_stop_request_reaches_the_writer(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let other = case.begin(&conversation, None, "Other").await;
    for _ in 0..2 {
        let stop = case.stop(case.owner, &conversation, turn.answer.id).await;
        assert_eq!(stop, StopRequest::Requested);
    }
    let entry = case.samples.journal_entry(&turn, 0, "a\n\n");
    assert_eq!(case.append(&entry).await, written(true));
    let entry = case.samples.journal_entry(&other, 0, "");
    assert_eq!(case.append(&entry).await, written(false));
    let taken = case.take_over_all(100).await;
    let asked = |(running, _): &(RunningAnswer, _)| (running.message, running.stop_requested);
    let stops: HashSet<_> = taken.iter().map(asked).collect();
    let expected = [(turn.answer.id, true), (other.answer.id, false)];
    assert_eq!(stops, HashSet::from(expected));
}

/// "NotRunning: it had ended already"; "Unknown: there is no such message."
pub async fn stopping_what_has_ended_or_never_was_says_so(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = stores
        .add_turn(&case.samples, &conversation, None, "Hello")
        .await;
    let stop = case.stop(case.owner, &conversation, turn.answer.id).await;
    assert_eq!(stop, StopRequest::NotRunning);
    let unknown = MessageId::new(case.samples.ids());
    let stop = case.stop(case.owner, &conversation, unknown).await;
    assert_eq!(stop, StopRequest::Unknown);
}

/// Another owner's message, or one of another conversation, is as good as none.
pub async fn nobody_stops_somebody_elses_answer(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let eve = stores.add_owner(&case.samples, "eve").await;
    let team = Owner::Team(TeamId::from_uuid(case.owner.uuid()));
    for stranger in [eve, team] {
        let stop = case.stop(stranger, &conversation, turn.answer.id).await;
        assert_eq!(stop, StopRequest::Unknown);
    }
    let other = case.samples.conversation(case.owner);
    stores.add_turn(&case.samples, &other, None, "Other").await;
    let stop = case.stop(case.owner, &other, turn.answer.id).await;
    assert_eq!(stop, StopRequest::Unknown);
    let entry = case.samples.journal_entry(&turn, 0, "");
    assert_eq!(case.append(&entry).await, written(false));
}

/// "Takes over … running answers whose lease ended before `now` … its lease is renewed to `lease_until`."
pub async fn abandoned_answers_are_taken_over(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    stores
        .add_turn(&case.samples, &conversation, None, "Ended")
        .await;
    let now = turn.running.lease_until.plus(Duration::from_secs(1));
    let taken = case.take_over(now, false, 100).await;
    let expected = RunningAnswer {
        holder: case.rescuer,
        lease_until: case.rescue_lease,
        ..turn.running.clone()
    };
    assert_eq!(taken, [(expected, turn.answer.clone())]);
    assert_eq!(
        case.take_over(now, false, 100).await,
        [],
        "the lease is new"
    );

    let end = FinishAnswer {
        holder: case.rescuer,
        ..case.samples.completion(&turn, "what there was")
    };
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    assert_eq!(case.message(&turn).await.message, end.answer);
}

/// What a dead writer left can still be read.
pub async fn a_takeover_keeps_what_was_journalled(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    case.journal(&turn, 0, "a\n\nb\n\n").await;
    assert_eq!(case.take_over_all(100).await.len(), 1);
    let read = stores
        .answers
        .read_journal(turn.answer.id, 0, u32::MAX)
        .await
        .unwrap();
    assert_eq!(read, (0, b"a\n\nb\n\n".to_vec()));
}

/// A writer that was only slow learns that it is too late.
pub async fn the_old_writer_loses_an_answer_that_was_taken_over(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    assert_eq!(case.take_over_all(100).await.len(), 1);
    let entry = case.samples.journal_entry(&turn, 0, "a\n\n");
    assert_eq!(case.append(&entry).await, JournalOutcome::LeaseLost);
    let end = case.samples.completion(&turn, "late");
    assert!(!stores.answers.finish_answer(&end).await.unwrap());
    assert_eq!(case.message(&turn).await.message, turn.answer);
    let entry = JournalEntry {
        holder: case.rescuer,
        ..case.samples.journal_entry(&turn, 0, "")
    };
    assert_eq!(case.append(&entry).await, written(false));
}

/// "… whose lease ended before `now` …"
pub async fn a_live_lease_is_not_taken(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let now = turn.running.lease_until.minus(Duration::from_secs(1));
    assert_eq!(case.take_over(now, false, 100).await, []);
    let entry = case.samples.journal_entry(&turn, 0, "a\n\n");
    assert_eq!(case.append(&entry).await, written(false));
}

/// "… or, with `all_others`, that any other holder than `holder` writes."
pub async fn when_no_other_process_runs_all_others_are_taken(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let others = case.begin(&conversation, None, "other's").await;
    let own = case.samples.turn(&conversation, None, "own", case.rescuer);
    stores.answers.begin_turn(&own).await.unwrap();
    let now = case.samples.now();
    let taken = case.take_over(now, true, 100).await;
    let ids: Vec<_> = taken.iter().map(|(running, _)| running.message).collect();
    assert_eq!(ids, [others.answer.id]);
    assert_eq!(case.take_over(now, true, 100).await, []);
}

/// "Takes over up to `limit` …"
pub async fn a_takeover_stops_at_the_limit(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    for n in 0..5 {
        case.begin(&conversation, None, &format!("{n}")).await;
    }
    let mut seen = HashSet::new();
    for expected in [2, 2, 1, 0] {
        let taken = case.take_over_all(2).await;
        assert_eq!(taken.len(), expected);
        seen.extend(taken.into_iter().map(|(running, _)| running.message));
    }
    assert_eq!(seen.len(), 5);
}

/// "Each is given to one caller only."
pub async fn each_answer_is_taken_over_by_one_caller(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let mut begun = HashSet::new();
    for n in 0..10 {
        begun.insert(
            case.begin(&conversation, None, &format!("{n}"))
                .await
                .answer
                .id,
        );
    }
    let now = case.samples.now().plus(2 * LEASE);
    let holders: Vec<InstanceId> = (0..4).map(|_| case.samples.instance()).collect();
    let taken = all_at_once(holders.len(), |n| {
        let (repo, holder) = (stores.answers.clone(), holders.get(n).copied().unwrap());
        let until = now.plus(LEASE);
        async move {
            repo.take_over_answers(holder, now, until, false, 100)
                .await
                .unwrap()
        }
    })
    .await;
    let given: Vec<MessageId> = taken
        .iter()
        .flatten()
        .map(|(running, _)| running.message)
        .collect();
    assert_eq!(given.len(), 10, "none is given twice, none is forgotten");
    assert_eq!(given.into_iter().collect::<HashSet<_>>(), begun);
    for (holder, answers) in holders.iter().zip(&taken) {
        assert!(answers.iter().all(|(running, _)| running.holder == *holder));
    }
}
