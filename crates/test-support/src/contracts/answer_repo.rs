//! What every [`AnswerRepo`](latchkey_domain::conversation::AnswerRepo) promises.

use std::{collections::HashSet, time::Duration};

use latchkey_domain::{
    conversation::{
        AttemptRecord, BeginTurn, BeginTurnError, Conversation, ConversationLookup, FinishAnswer,
        JournalEntry, JournalOutcome, KeyReceipt, LEASE, Message, MessageStatus, PathMessage,
        Payer, RunningAnswer, StopRequest,
    },
    id::{InstanceId, MessageId, TeamId},
    llm::ModelId,
    owner::Owner,
    raw_json::RawJson,
    time::Timestamp,
    usage::{Cost, PRICE_VERSION, TokenUsage, UsageQuery, UsageReport},
};

use super::{Stores, all_at_once};
use crate::builders::{Samples, chat::text_blocks};

/// Makes a test of each case.
#[macro_export]
macro_rules! answer_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { answer_repo, $factory;
            a_turn_makes_its_conversation,
            a_turn_comes_back_as_it_was_stored,
            a_turn_in_a_known_conversation_writes_what_it_may,
            a_title_is_kept_once_there_is_one,
            a_rerun_is_a_sibling_of_the_first_answer,
            a_turn_in_a_deleted_conversation_is_refused,
            a_turn_after_a_running_answer_is_refused,
            a_turn_on_another_branch_than_the_running_one_begins,
            a_turn_after_an_unknown_message_is_refused,
            twenty_first_turns_at_once_lose_no_message,
            of_many_turns_after_one_answer_none_is_lost,
            the_journal_comes_back_in_order_from_any_event,
            a_sign_of_life_renews_the_lease,
            the_journal_of_another_writer_is_refused,
            the_journal_of_a_finished_answer_is_gone,
            a_writer_whose_conversation_was_deleted_learns_of_it,
            a_finished_answer_has_all_that_was_written,
            an_answer_that_failed_comes_back_with_nothing,
            every_way_to_end_comes_back,
            content_comes_back_byte_for_byte,
            text_with_a_nul_can_be_saved,
            an_end_writes_the_keys_last_use,
            an_end_of_somebody_elses_answer_writes_only_the_ledger,
            an_answer_ends_once,
            of_twenty_ends_at_once_one_is_written,
            a_stop_request_reaches_the_writer,
            stopping_what_has_ended_or_never_was_says_so,
            nobody_stops_somebody_elses_answer,
            abandoned_answers_are_taken_over,
            a_takeover_keeps_what_was_journalled,
            the_old_writer_loses_an_answer_that_was_taken_over,
            a_live_lease_is_not_taken,
            when_no_other_process_runs_all_others_are_taken,
            a_takeover_stops_at_the_limit,
            each_answer_is_taken_over_by_one_caller,
        }
    };
}
pub use answer_repo_cases as cases;

/// "The conversation … inserted if it doesn't exist."
pub async fn a_turn_makes_its_conversation(stores: &Stores) {
    let case = Case::new(stores).await;
    let mut conversation = case.samples.conversation(case.owner);
    conversation.title = Some("Hello".to_owned());
    let turn = case.begin(&conversation, None, "Hello").await;
    assert_eq!(case.conversation(&conversation).await, turn.conversation);
}

/// "Writes conversation, message, empty answer and its lease."
pub async fn a_turn_comes_back_as_it_was_stored(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let stored: Vec<Message> = case.path(&conversation).await;
    assert_eq!(
        stored,
        [turn.user_message.clone().unwrap(), turn.answer.clone()]
    );
    let running = case.take_over_all(100).await;
    let expected = RunningAnswer {
        holder: case.rescuer,
        lease_until: case.rescue_lease,
        ..turn.running
    };
    assert_eq!(running, [(expected, turn.answer)]);
}

/// "… else its model, system prompt, title (if it has none yet), leaf and `updated_at` are written."
pub async fn a_turn_in_a_known_conversation_writes_what_it_may(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let repo = &stores.conversations;
    repo.insert_conversation(&conversation).await.unwrap();
    let mut asked = conversation.clone();
    asked.model = ModelId::parse("claude-haiku-5-5").ok();
    asked.system = None;
    asked.title = Some("First words".to_owned());
    asked.created_at = case.samples.now();
    let turn = case.begin(&asked, None, "Hello").await;
    let expected = Conversation {
        created_at: conversation.created_at,
        ..turn.conversation
    };
    assert_eq!(case.conversation(&conversation).await, expected);
}

/// "… title (if it has none yet) …"
pub async fn a_title_is_kept_once_there_is_one(stores: &Stores) {
    let case = Case::new(stores).await;
    let mut conversation = case.samples.conversation(case.owner);
    conversation.title = Some("Chosen".to_owned());
    let repo = &stores.conversations;
    repo.insert_conversation(&conversation).await.unwrap();
    let mut asked = conversation.clone();
    for title in [Some("Made from the message".to_owned()), None] {
        asked.title = title;
        case.begin(&asked, None, "Hello").await;
        let stored = case.conversation(&conversation).await;
        assert_eq!(stored.title, conversation.title);
    }
}

/// "`None` when an older one is answered anew."
pub async fn a_rerun_is_a_sibling_of_the_first_answer(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let first = stores
        .add_turn(&case.samples, &conversation, None, "Hello")
        .await;
    let asked = first.user_message.unwrap();
    let rerun = case.samples.rerun(&conversation, asked.id, case.writer);
    stores.answers.begin_turn(&rerun).await.unwrap();
    assert_eq!(
        case.path(&conversation).await,
        [asked, rerun.answer.clone()]
    );
    let stored = case.message(&rerun).await;
    assert_eq!((stored.sibling_index, stored.sibling_count), (1, 2));
}

/// "Deleted when the conversation was deleted."
pub async fn a_turn_in_a_deleted_conversation_is_refused(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    stores
        .add_turn(&case.samples, &conversation, None, "Hello")
        .await;
    case.delete(&conversation).await;
    let turn = case.samples.turn(&conversation, None, "Again", case.writer);
    let refused = stores.answers.begin_turn(&turn).await;
    assert!(
        matches!(refused, Err(BeginTurnError::Deleted)),
        "{refused:?}"
    );
    let lookup = stores
        .conversations
        .find_conversation(case.owner, &conversation.id);
    assert_eq!(lookup.await.unwrap(), ConversationLookup::Deleted);
    assert_eq!(case.take_over_all(100).await, [], "nothing is written");
}

/// "AnswerRunning when the branch ends in an answer that is still running … Then nothing is written."
pub async fn a_turn_after_a_running_answer_is_refused(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let running = case.begin(&conversation, None, "Hello").await;
    let before = (
        case.conversation(&conversation).await,
        case.path(&conversation).await,
    );
    let next = case
        .samples
        .turn(&conversation, Some(running.answer.id), "And?", case.writer);
    let refused = stores.answers.begin_turn(&next).await;
    assert!(
        matches!(refused, Err(BeginTurnError::AnswerRunning)),
        "{refused:?}"
    );
    let after = (
        case.conversation(&conversation).await,
        case.path(&conversation).await,
    );
    assert_eq!(after, before, "nothing is written");

    case.finish(&running, "Hi").await;
    stores.answers.begin_turn(&next).await.unwrap();
}

/// Only the branch that is asked for counts: two tabs may edit at once.
pub async fn a_turn_on_another_branch_than_the_running_one_begins(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let first = stores
        .add_turn(&case.samples, &conversation, None, "Hello")
        .await;
    let running = case
        .begin(&conversation, Some(first.answer.id), "one tab")
        .await;
    let edit = case
        .begin(&conversation, Some(first.answer.id), "other tab")
        .await;
    let asked = running.user_message.unwrap().id;
    let rerun = case.samples.rerun(&conversation, asked, case.writer);
    stores.answers.begin_turn(&rerun).await.unwrap();
    let leaf = case.conversation(&conversation).await.shown_leaf;
    assert_eq!(leaf, Some(rerun.answer.id), "the last to begin is shown");
    assert_eq!(case.message(&edit).await.message, edit.answer);
}

/// "UnknownParent when the parent isn't a message of this conversation … Then nothing is written."
pub async fn a_turn_after_an_unknown_message_is_refused(stores: &Stores) {
    let case = Case::new(stores).await;
    let (mine, other) = (
        case.samples.conversation(case.owner),
        case.samples.conversation(case.owner),
    );
    stores.add_turn(&case.samples, &mine, None, "mine").await;
    let foreign = stores.add_turn(&case.samples, &other, None, "other").await;
    let eve = stores.add_owner(&case.samples, "eve").await;
    let eves = case.samples.conversation(eve);
    let eves = stores.add_turn(&case.samples, &eves, None, "eve's").await;
    let before = case.conversation(&mine).await;
    let unknown = MessageId::new(case.samples.ids());
    for parent in [foreign.answer.id, eves.answer.id, unknown] {
        let turn = case.samples.turn(&mine, Some(parent), "Hello", case.writer);
        let rerun = case.samples.rerun(&mine, parent, case.writer);
        for refused in [turn, rerun] {
            let refused = stores.answers.begin_turn(&refused).await;
            assert!(
                matches!(refused, Err(BeginTurnError::UnknownParent)),
                "{refused:?}"
            );
        }
    }
    assert_eq!(case.conversation(&mine).await, before);

    let new = case.samples.conversation(case.owner);
    let turn = case.samples.turn(&new, Some(unknown), "Hello", case.writer);
    let refused = stores.answers.begin_turn(&turn).await;
    assert!(
        matches!(refused, Err(BeginTurnError::UnknownParent)),
        "{refused:?}"
    );
    let lookup = stores.conversations.find_conversation(case.owner, &new.id);
    assert_eq!(lookup.await.unwrap(), ConversationLookup::Unknown);
}

/// Twenty requests with one id that a client chose make one conversation with twenty branches.
pub async fn twenty_first_turns_at_once_lose_no_message(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    case.twenty_branches_at_once(&conversation, None).await;
}

/// "Edit/regenerate in two tabs at once → no lost branch."
pub async fn of_many_turns_after_one_answer_none_is_lost(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let first = stores
        .add_turn(&case.samples, &conversation, None, "Hello")
        .await;
    case.twenty_branches_at_once(&conversation, Some(first.answer.id))
        .await;
}

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
    let read = |from| stores.answers.read_journal(turn.answer.id, from);
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
        .read_journal(turn.answer.id, 0)
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
        .read_journal(turn.answer.id, 0)
        .await
        .unwrap();
    assert_eq!(journal, b"");
    let late = case.samples.journal_entry(&turn, 1, "b\n\n");
    assert_eq!(case.append(&late).await, JournalOutcome::LeaseLost);
    let (_, journal) = stores
        .answers
        .read_journal(turn.answer.id, 0)
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
        .read_journal(turn.answer.id, 0)
        .await
        .unwrap();
    assert_eq!(journal, b"");
    let end = case.samples.completion(&turn, "Hi");
    assert!(!stores.answers.finish_answer(&end).await.unwrap());
    assert_eq!(case.attempts().await, 1, "the money was spent all the same");
    assert_eq!(case.take_over_all(100).await, []);
}

/// "Writes the answer's end, the ledger's rows …"; "`created_at` and `parent` stay as they are."
pub async fn a_finished_answer_has_all_that_was_written(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let key = stores
        .api_keys
        .insert_api_key(&case.samples.api_key(case.owner))
        .await
        .unwrap();
    let turn = case.begin(&conversation, None, "Hello").await;
    let mut end = case.samples.completion(&turn, "Hi");
    end.answer = Message {
        next_turn: Some(text_blocks("part")),
        status: MessageStatus::ProviderError,
        status_detail: Some("provider_overloaded".to_owned()),
        model: ModelId::parse("claude-opus-5-5").ok(),
        stop_reason: Some("max_tokens".to_owned()),
        usage: Some(full_usage()),
        key: Some(KeyReceipt {
            id: Some(key.id),
            name: Some("Arbeit 🔑".to_owned()),
            hint: Some("…4f2A".to_owned()),
            payer: Payer::Owner(case.owner),
            attempts: vec![
                attempt(Some(key.id), "provider_overloaded"),
                attempt(None, "complete"),
            ],
        }),
        ..end.answer
    };
    let written = end.answer.clone();
    end.answer.created_at = Timestamp::EPOCH;
    end.answer.parent = None;
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    assert_eq!(case.message(&turn).await.message, written);
    assert_eq!(case.attempts().await, 1);
    let stored = case.conversation(&conversation).await;
    assert_eq!(
        stored, turn.conversation,
        "the conversation stays as it was"
    );
}

/// Also `None` comes back as it was.
pub async fn an_answer_that_failed_comes_back_with_nothing(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let end = FinishAnswer {
        answer: Message {
            status: MessageStatus::Failed,
            completed_at: Some(case.samples.now()),
            cost: Some(Cost {
                amount: None,
                price_version: PRICE_VERSION,
            }),
            key: Some(KeyReceipt {
                id: None,
                name: None,
                hint: None,
                payer: Payer::GivenKey,
                attempts: vec![],
            }),
            ..turn.answer.clone()
        },
        ..case.samples.completion(&turn, "")
    };
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    assert_eq!(case.message(&turn).await.message, end.answer);
}

/// No state is lost on the way.
pub async fn every_way_to_end_comes_back(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let ends = MessageStatus::ALL.into_iter();
    for status in ends.filter(|status| *status != MessageStatus::Streaming) {
        let turn = case.begin(&conversation, None, "Hello").await;
        let mut end = case.samples.completion(&turn, "Hi");
        end.answer.status = status;
        assert!(stores.answers.finish_answer(&end).await.unwrap());
        assert_eq!(case.message(&turn).await.message.status, status);
    }
}

/// "A JSON value that passes through unread: nothing of the provider's is lost, reordered or rounded."
pub async fn content_comes_back_byte_for_byte(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let odd = RawJson::from_trusted(
        r#"[ {"type":"new_kind" ,"b":1.0,"a":12345678901234567890123,"a":2,"s":"\u0000\ud800 \u00e9"} ]"#,
    );
    let mut turn = case.samples.turn(&conversation, None, "Hello", case.writer);
    if let Some(message) = turn.user_message.as_mut() {
        message.content = odd.clone();
    }
    stores.answers.begin_turn(&turn).await.unwrap();
    let mut end = case.samples.completion(&turn, "Hi");
    end.answer.content = odd.clone();
    end.answer.next_turn = Some(odd.clone());
    if let Some(usage) = end.answer.usage.as_mut() {
        usage.raw = odd.clone();
    }
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    for message in case.path(&conversation).await {
        assert_eq!(message.content.as_str(), odd.as_str());
    }
    assert_eq!(case.message(&turn).await.message, end.answer);
    let repo = &stores.conversations;
    let turns = repo.list_turns(case.owner, &conversation.id, turn.answer.id);
    for turn in turns.await.unwrap() {
        assert_eq!(turn.content.as_str(), odd.as_str());
    }
}

/// A model may write a NUL, which PostgreSQL's text can't hold; the answer is saved all the same.
pub async fn text_with_a_nul_can_be_saved(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "zero\0one").await;
    case.finish(&turn, "zero\0one").await;
    for message in case.path(&conversation).await {
        let content = message.content.as_str();
        assert!(content.contains(r"zero\u0000one"), "{content}");
        let visible = message.text.replace(['\0', '\u{FFFD}'], "");
        assert_eq!(visible, "zeroone");
    }
}

/// "The stored key that paid, whose `last_used_at` becomes `answer.completed_at`."
pub async fn an_end_writes_the_keys_last_use(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let mut keys = Vec::new();
    for _ in 0..2 {
        let key = case.samples.api_key(case.owner);
        keys.push(stores.api_keys.insert_api_key(&key).await.unwrap());
    }
    let turn = case.begin(&conversation, None, "Hello").await;
    let mut end = case.samples.completion(&turn, "Hi");
    end.used_key = keys.first().map(|key| key.id);
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    if let Some(key) = keys.first_mut() {
        key.last_used_at = end.answer.completed_at;
    }
    assert_eq!(
        stores.api_keys.list_api_keys(case.owner).await.unwrap(),
        keys
    );

    let turn = case.begin(&conversation, None, "Again").await;
    let mut end = case.samples.completion(&turn, "Hi");
    end.used_key = Some(case.samples.api_key(case.owner).id);
    let finished = stores.answers.finish_answer(&end).await.unwrap();
    assert!(finished, "a key that was deleted meanwhile changes nothing");
}

/// "`false`, with nothing but the ledger's rows written, if the answer is not `holder`'s any more."
pub async fn an_end_of_somebody_elses_answer_writes_only_the_ledger(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let key = stores
        .api_keys
        .insert_api_key(&case.samples.api_key(case.owner))
        .await
        .unwrap();
    let turn = case.begin(&conversation, None, "Hello").await;
    case.journal(&turn, 0, "a\n\n").await;
    let eve = stores.add_owner(&case.samples, "eve").await;
    let by_stranger = |end: FinishAnswer| FinishAnswer {
        holder: case.samples.instance(),
        used_key: Some(key.id),
        ..end
    };
    let for_stranger = |end: FinishAnswer| FinishAnswer { owner: eve, ..end };
    let ends = [
        by_stranger(case.samples.completion(&turn, "forged")),
        for_stranger(case.samples.completion(&turn, "forged")),
    ];
    for (rows, end) in (1..).zip(ends) {
        assert!(!stores.answers.finish_answer(&end).await.unwrap());
        assert_eq!(case.attempts().await, rows, "the ledger has the row");
    }
    assert_eq!(case.message(&turn).await.message, turn.answer);
    assert_eq!(
        stores.api_keys.list_api_keys(case.owner).await.unwrap(),
        [key]
    );
    let (_, journal) = stores
        .answers
        .read_journal(turn.answer.id, 0)
        .await
        .unwrap();
    assert_eq!(journal, b"a\n\n");
    case.finish(&turn, "Hi").await;
}

/// An answer that ended stays as it ended.
pub async fn an_answer_ends_once(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    case.finish(&turn, "Hi").await;
    let before = case.message(&turn).await;
    let again = case.samples.completion(&turn, "Something else");
    assert!(!stores.answers.finish_answer(&again).await.unwrap());
    assert_eq!(case.message(&turn).await, before);
    assert_eq!(
        case.attempts().await,
        2,
        "each attempt that was paid is counted"
    );
}

/// The same, at the same time.
pub async fn of_twenty_ends_at_once_one_is_written(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let ends: Vec<_> = (0..20)
        .map(|n| case.samples.completion(&turn, &format!("end {n}")))
        .collect();
    let written = all_at_once(ends.len(), |n| {
        let (repo, end) = (stores.answers.clone(), ends.get(n).cloned().unwrap());
        async move { repo.finish_answer(&end).await.unwrap() }
    })
    .await;
    assert_eq!(written.iter().filter(|written| **written).count(), 1);
    let winner = written.iter().position(|written| *written).unwrap();
    let expected = ends.get(winner).map(|end| end.answer.clone());
    assert_eq!(Some(case.message(&turn).await.message), expected);
    assert_eq!(case.attempts().await, 20);
}

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
        .read_journal(turn.answer.id, 0)
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

/// One owner, one process that writes and one that takes over.
struct Case<'a> {
    stores: &'a Stores,
    samples: Samples,
    owner: Owner,
    writer: InstanceId,
    rescuer: InstanceId,
    rescue_lease: Timestamp,
}

impl<'a> Case<'a> {
    async fn new(stores: &'a Stores) -> Self {
        let samples = Samples::new();
        Self {
            stores,
            owner: stores.add_owner(&samples, "ada").await,
            writer: samples.instance(),
            rescuer: samples.instance(),
            rescue_lease: samples.now().plus(100 * LEASE),
            samples,
        }
    }

    async fn begin(
        &self,
        conversation: &Conversation,
        parent: Option<MessageId>,
        text: &str,
    ) -> BeginTurn {
        let turn = self.samples.turn(conversation, parent, text, self.writer);
        self.stores.answers.begin_turn(&turn).await.unwrap();
        turn
    }

    async fn finish(&self, turn: &BeginTurn, text: &str) {
        let end = self.samples.completion(turn, text);
        assert!(self.stores.answers.finish_answer(&end).await.unwrap());
    }

    async fn append(&self, entry: &JournalEntry) -> JournalOutcome {
        self.stores.answers.append_journal(entry).await.unwrap()
    }

    async fn journal(&self, turn: &BeginTurn, first_event: u64, events: &str) {
        let entry = self.samples.journal_entry(turn, first_event, events);
        assert_eq!(self.append(&entry).await, written(false));
    }

    async fn delete(&self, conversation: &Conversation) {
        let repo = &self.stores.conversations;
        let deleted = repo.delete_conversation(self.owner, &conversation.id, self.samples.now());
        assert!(deleted.await.unwrap());
    }

    async fn conversation(&self, conversation: &Conversation) -> Conversation {
        let repo = &self.stores.conversations;
        let found = repo
            .find_conversation(conversation.owner, &conversation.id)
            .await;
        match found.unwrap() {
            ConversationLookup::Found(conversation) => conversation,
            other => panic!("not found: {other:?}"),
        }
    }

    async fn path(&self, conversation: &Conversation) -> Vec<Message> {
        let repo = &self.stores.conversations;
        let path = repo
            .list_shown_path(conversation.owner, &conversation.id)
            .await;
        path.unwrap().into_iter().map(|item| item.message).collect()
    }

    async fn message(&self, turn: &BeginTurn) -> PathMessage {
        let repo = &self.stores.conversations;
        let found = repo.find_message(self.owner, &turn.conversation.id, turn.answer.id);
        found.await.unwrap().expect("the answer is stored")
    }

    async fn stop(
        &self,
        owner: Owner,
        conversation: &Conversation,
        message: MessageId,
    ) -> StopRequest {
        let repo = &self.stores.answers;
        let stop = repo.request_stop(owner, &conversation.id, message);
        stop.await.unwrap()
    }

    async fn take_over(
        &self,
        now: Timestamp,
        all_others: bool,
        limit: u32,
    ) -> Vec<(RunningAnswer, Message)> {
        let repo = &self.stores.answers;
        let taken = repo.take_over_answers(self.rescuer, now, self.rescue_lease, all_others, limit);
        taken.await.unwrap()
    }

    /// Takes over what any writer left, long after all leases ended but before the new one does.
    async fn take_over_all(&self, limit: u32) -> Vec<(RunningAnswer, Message)> {
        let now = self.samples.now().plus(10 * LEASE);
        self.take_over(now, false, limit).await
    }

    /// How many rows the ledger has of the owner.
    async fn attempts(&self) -> u64 {
        let query = UsageQuery {
            user: self.owner.user_id().unwrap(),
            from: Timestamp::EPOCH.day(),
            to: self.samples.now().plus(Duration::from_hours(24)).day(),
            group_by: vec![],
        };
        let groups = self.stores.usage.summarize_usage(&query).await.unwrap();
        groups.iter().map(|group| group.sums.attempts).sum()
    }

    async fn twenty_branches_at_once(
        &self,
        conversation: &Conversation,
        parent: Option<MessageId>,
    ) {
        let turns: Vec<BeginTurn> = (0..20)
            .map(|n| {
                self.samples
                    .turn(conversation, parent, &format!("{n}"), self.writer)
            })
            .collect();
        all_at_once(turns.len(), |n| {
            let (repo, turn) = (self.stores.answers.clone(), turns.get(n).cloned().unwrap());
            async move { repo.begin_turn(&turn).await.unwrap() }
        })
        .await;
        let mut places = HashSet::new();
        for turn in &turns {
            assert_eq!(self.message(turn).await.message, turn.answer);
            let asked = turn.user_message.clone().unwrap();
            let repo = &self.stores.conversations;
            let found = repo
                .find_message(self.owner, &conversation.id, asked.id)
                .await;
            let found = found.unwrap().expect("the question is stored");
            assert_eq!((&found.message, found.sibling_count), (&asked, 20));
            places.insert(found.sibling_index);
        }
        assert_eq!(places, (0..20).collect());
        let leaf = self.conversation(conversation).await.shown_leaf;
        assert!(turns.iter().any(|turn| leaf == Some(turn.answer.id)));
        let shown = self.path(conversation).await;
        assert_eq!(shown.last().map(|message| message.id), leaf);
    }
}

fn written(stop_requested: bool) -> JournalOutcome {
    JournalOutcome::Written { stop_requested }
}

fn attempt(key: Option<latchkey_domain::id::ApiKeyId>, outcome: &str) -> AttemptRecord {
    AttemptRecord {
        key,
        outcome: outcome.to_owned(),
    }
}

fn full_usage() -> UsageReport {
    UsageReport {
        tokens: TokenUsage {
            input: 1,
            output: 2,
            cache_read: 3,
            cache_write_5m: 4,
            cache_write_1h: 5,
            thinking: 6,
            web_searches: 7,
            web_fetches: 8,
        },
        raw: RawJson::from_trusted(r#"{"input_tokens":1 ,"service_tier":"standard"}"#),
        is_final: false,
        fast: true,
        us_only: false,
    }
}
