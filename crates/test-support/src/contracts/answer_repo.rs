//! What every [`AnswerRepo`](latchkey_domain::conversation::AnswerRepo) promises.

mod ends;
mod journal;
mod leases;
mod once;
mod turns;

use std::{collections::HashSet, time::Duration};

use latchkey_domain::{
    conversation::{
        BeginTurn, Conversation, ConversationLookup, JournalEntry, JournalOutcome, LEASE, Message,
        PathMessage, RunningAnswer, StopRequest,
    },
    id::{InstanceId, MessageId},
    owner::Owner,
    time::Timestamp,
    usage::UsageQuery,
};

use super::{Stores, all_at_once};
use crate::builders::Samples;

pub use ends::*;
pub use journal::*;
pub use leases::*;
pub use once::*;
pub use turns::*;

/// Makes a test of each case.
#[macro_export]
macro_rules! answer_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { answer_repo, $factory;
            a_turn_makes_its_conversation,
            a_turn_comes_back_as_it_was_stored,
            a_turn_in_a_known_conversation_writes_what_it_may,
            a_turn_without_a_system_prompt_keeps_the_stored_one,
            a_title_is_kept_once_there_is_one,
            a_rerun_is_a_sibling_of_the_first_answer,
            a_turn_in_a_deleted_conversation_is_refused,
            a_turn_after_a_running_answer_is_refused,
            a_turn_on_another_branch_than_the_running_one_begins,
            a_turn_after_an_unknown_message_is_refused,
            twenty_first_turns_at_once_lose_no_message,
            of_many_turns_after_one_answer_none_is_lost,
            a_turn_is_found_under_its_key,
            a_turn_under_a_taken_key_is_refused,
            a_taken_key_is_told_before_all_else,
            a_refused_turn_leaves_its_key_free,
            an_expired_key_can_be_taken_again,
            somebody_elses_same_key_is_another,
            a_key_outlives_its_conversation_and_goes_with_its_account,
            only_expired_keys_are_deleted,
            of_twenty_turns_under_one_key_one_begins,
            the_journal_comes_back_in_order_from_any_event,
            a_journal_is_read_in_parts,
            a_part_may_be_written_again_with_more,
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
            the_same_end_may_be_written_again,
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
