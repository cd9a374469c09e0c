//! What every [`SearchRepo`](latchkey_domain::search::SearchRepo) promises: the same hits everywhere.

mod currency;
mod pending;
mod words;

use latchkey_domain::{
    conversation::{Conversation, ConversationId},
    owner::Owner,
    page::PageRequest,
    search::{ConversationSearch, FoundConversation, SearchWords},
};

use super::Stores;
use crate::builders::Samples;

pub use currency::*;
pub use pending::*;
pub use words::*;

/// Makes a test of each case.
#[macro_export]
macro_rules! search_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { search_repo, $factory;
            all_words_must_be_in_one_text,
            case_accents_and_scripts_make_no_difference,
            what_is_typed_is_never_syntax,
            the_beginning_of_the_last_word_is_enough,
            a_search_without_words_finds_nothing,
            a_hit_names_the_last_message_and_shows_it,
            messages_of_every_branch_are_found,
            any_text_can_be_stored_and_found,
            a_very_long_text_is_found_by_its_words,
            hits_come_in_pages_last_changed_first,
            pinned_conversations_can_be_searched_alone,
            an_answer_is_found_when_it_has_ended,
            a_new_title_is_found_and_the_old_one_not,
            a_title_that_a_turn_gives_is_found,
            deleted_conversations_are_not_found,
            idle_conversations_that_were_deleted_are_not_found,
            a_deleted_account_leaves_nothing_to_find,
            nobody_finds_what_others_wrote,
            nothing_older_is_left_to_index,
            texts_of_turns_are_made_findable_a_few_at_a_time,
            an_answer_that_runs_keeps_no_other_text_waiting,
            what_was_deleted_waits_no_longer,
            a_title_is_found_as_it_is_when_it_is_indexed,
            texts_that_many_index_at_once_are_found_once,
        }
    };
}
pub use search_repo_cases as cases;

async fn one_owner(stores: &Stores) -> (Samples, Owner) {
    let samples = Samples::new();
    let owner = stores.add_owner(&samples, "ada").await;
    (samples, owner)
}

fn asked(text: &str, limit: u32) -> ConversationSearch {
    ConversationSearch {
        words: SearchWords::parse(text),
        pinned: None,
        page: PageRequest::first(limit),
    }
}

async fn find_all(
    stores: &Stores,
    owner: Owner,
    mut search: ConversationSearch,
) -> Vec<FoundConversation> {
    stores.index_all().await;
    let mut seen = Vec::new();
    loop {
        let page = stores.search.search_conversations(owner, &search).await;
        let page = page.unwrap();
        assert!(page.items.len() <= usize::try_from(search.page.limit).unwrap());
        seen.extend(page.items);
        let Some(next) = page.next else { return seen };
        search.page = search.page.after(Some(next));
    }
}

async fn found(stores: &Stores, owner: Owner, text: &str) -> Vec<FoundConversation> {
    find_all(stores, owner, asked(text, 100)).await
}

async fn found_ids(stores: &Stores, owner: Owner, text: &str) -> Vec<ConversationId> {
    let found = found(stores, owner, text).await;
    found
        .into_iter()
        .map(|found| found.conversation.id)
        .collect()
}

async fn found_titles(stores: &Stores, owner: Owner, text: &str) -> Vec<String> {
    let found = found(stores, owner, text).await;
    let titles = found.into_iter().map(|found| found.conversation.title);
    titles.map(Option::unwrap_or_default).collect()
}

/// Stores an empty conversation with each of these titles, the first one changed last.
async fn add_titled(
    stores: &Stores,
    samples: &Samples,
    owner: Owner,
    titles: &[&str],
) -> Vec<Conversation> {
    let mut all = Vec::new();
    for title in titles.iter().rev() {
        let mut conversation = samples.conversation(owner);
        conversation.title = Some((*title).to_owned());
        let repo = &stores.conversations;
        repo.insert_conversation(&conversation).await.unwrap();
        all.insert(0, conversation);
    }
    all
}

/// The line that a hit shows, with what was searched for in brackets.
fn line(found: &FoundConversation) -> String {
    let parts = found.snippet.parts.iter();
    let shown = parts.map(|part| {
        if part.is_hit {
            format!("[{}]", part.text)
        } else {
            part.text.clone()
        }
    });
    shown.collect()
}
