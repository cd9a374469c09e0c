//! What every [`ConversationRepo`](latchkey_domain::conversation::ConversationRepo) promises.

mod branches;
mod changes;
mod ids;
mod lists;
mod owners;
mod pages;
mod shown;
mod trees;

use latchkey_domain::{
    conversation::{
        Branch, BranchEnd, Conversation, ConversationChange, ConversationCursor, ConversationId,
        ConversationLookup, ConversationQuery, PathMessage,
    },
    id::MessageId,
    llm::Turn,
    owner::Owner,
    page::PageRequest,
    time::Timestamp,
};

use super::Stores;
use crate::builders::Samples;

pub use branches::*;
pub use changes::*;
pub use ids::*;
pub use lists::*;
pub use owners::*;
pub use pages::*;
pub use shown::*;
pub use trees::*;

/// Makes a test of each case.
#[macro_export]
macro_rules! conversation_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { conversation_repo, $factory;
            a_conversation_comes_back_as_it_was_stored,
            a_conversation_with_nothing_optional_comes_back,
            an_id_is_used_once_per_owner,
            twenty_inserts_of_one_id_at_once_store_one,
            two_owners_may_use_the_same_id,
            ids_differ_by_case,
            a_deleted_id_is_never_used_again,
            a_deleted_conversation_leaves_no_message,
            deleting_twice_says_so,
            deleting_one_conversation_leaves_the_others,
            conversations_are_listed_last_changed_first,
            pages_lose_nothing_and_show_nothing_twice,
            pages_are_whole_when_all_changed_at_once,
            deleted_conversations_are_not_listed,
            pinned_ones_and_others_are_lists_of_their_own,
            pinning_alone_moves_nothing,
            a_turn_leaves_a_pin_as_it_is,
            temporary_conversations_are_not_listed_until_they_are_kept,
            temporary_conversations_go_after_a_day_without_activity,
            a_change_writes_what_it_names,
            an_empty_change_only_notes_the_time,
            what_was_set_can_be_taken_away,
            a_change_of_a_deleted_conversation_says_so,
            idle_conversations_are_deleted_by_their_owners_retention,
            deleting_idle_conversations_stops_at_the_limit,
            the_shown_path_is_the_branch_of_the_leaf,
            siblings_are_counted_oldest_first,
            the_path_of_no_conversation_is_empty,
            pages_of_the_path_lead_from_the_leaf_to_the_root,
            a_page_follows_its_branch_whatever_is_shown_meanwhile,
            a_page_after_no_message_is_empty,
            a_branch_is_shown_down_to_its_newest_message,
            what_else_a_change_says_is_written_with_the_branch,
            an_unknown_message_cannot_be_shown,
            any_turns_make_a_tree,
            turns_lead_from_the_root_to_the_leaf,
            turns_hold_what_may_go_on_and_no_empty_ones,
            turns_of_an_unknown_message_are_empty,
            a_branch_comes_with_its_conversation_and_leaf,
            the_branch_of_the_root_is_empty,
            no_conversation_has_a_branch,
            a_message_comes_with_its_place,
            a_message_of_another_conversation_is_not_found,
            somebody_elses_conversation_is_like_an_unknown_one,
            a_team_with_the_users_id_is_another_owner,
        }
    };
}
pub use conversation_repo_cases as cases;

async fn one_owner(stores: &Stores) -> (Samples, Owner) {
    let samples = Samples::new();
    let owner = stores.add_owner(&samples, "ada").await;
    (samples, owner)
}

fn id(text: &str) -> ConversationId {
    ConversationId::parse(text).unwrap()
}

async fn insert(stores: &Stores, conversation: &Conversation) {
    let repo = &stores.conversations;
    repo.insert_conversation(conversation).await.unwrap();
}

async fn find(stores: &Stores, owner: Owner, id: &ConversationId) -> ConversationLookup {
    let repo = &stores.conversations;
    repo.find_conversation(owner, id).await.unwrap()
}

async fn delete(stores: &Stores, samples: &Samples, owner: Owner, id: &ConversationId) -> bool {
    let repo = &stores.conversations;
    let deleted = repo.delete_conversation(owner, id, samples.now());
    deleted.await.unwrap()
}

async fn change_conversation(
    stores: &Stores,
    conversation: &Conversation,
    change: &ConversationChange,
    at: Timestamp,
) -> Option<Conversation> {
    let repo = &stores.conversations;
    let changed = repo.update_conversation(conversation.owner, &conversation.id, change, at);
    changed.await.unwrap()
}

async fn path(stores: &Stores, owner: Owner, id: &ConversationId) -> Vec<PathMessage> {
    stores
        .conversations
        .list_shown_path(owner, id)
        .await
        .unwrap()
}

async fn turns(stores: &Stores, owner: Owner, id: &ConversationId, leaf: MessageId) -> Vec<Turn> {
    branch(stores, owner, id, BranchEnd::Message(leaf))
        .await
        .turns
}

async fn branch(stores: &Stores, owner: Owner, id: &ConversationId, end: BranchEnd) -> Branch {
    let repo = &stores.conversations;
    repo.find_branch(owner, id, end).await.unwrap()
}

async fn message(
    stores: &Stores,
    owner: Owner,
    id: &ConversationId,
    message: MessageId,
) -> Option<PathMessage> {
    let repo = &stores.conversations;
    repo.find_message(owner, id, message).await.unwrap()
}

async fn list_all(
    stores: &Stores,
    owner: Owner,
    pinned: Option<bool>,
    limit: u32,
) -> Vec<Conversation> {
    let mut seen = Vec::new();
    let mut query = ConversationQuery {
        pinned,
        page: PageRequest::<ConversationCursor>::first(limit),
    };
    loop {
        let page = stores
            .conversations
            .list_conversations(owner, &query)
            .await
            .unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        seen.extend(page.items);
        let Some(next) = page.next else { return seen };
        query.page = query.page.after(Some(next));
    }
}
