//! Lists, pages and the search in titles.

use std::collections::HashSet;

use latchkey_domain::{conversation::ConversationChange, owner::Owner};

use super::{change_conversation, delete, insert, list_all, one_owner};
use crate::{builders::Samples, contracts::Stores};

/// "Conversations of `owner`, last changed first."
pub async fn conversations_are_listed_last_changed_first(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let other = stores.add_owner(&samples, "bob").await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        let conversation = samples.conversation(owner);
        insert(stores, &conversation).await;
        insert(stores, &samples.conversation(other)).await;
        expected.insert(0, conversation);
    }
    assert_eq!(list_all(stores, owner, None, 100).await, expected);
    let mut oldest = expected.pop().unwrap();
    oldest.updated_at = samples.now();
    let change = ConversationChange::default();
    change_conversation(stores, &oldest, &change, oldest.updated_at).await;
    expected.insert(0, oldest);
    assert_eq!(list_all(stores, owner, None, 100).await, expected);
}

/// Walking the pages gives the list, whatever their size.
pub async fn pages_lose_nothing_and_show_nothing_twice(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for _ in 0..7 {
        insert(stores, &samples.conversation(owner)).await;
    }
    let whole = list_all(stores, owner, None, 100).await;
    assert_eq!(whole.len(), 7);
    for limit in [1, 3, 6, 7] {
        assert_eq!(
            list_all(stores, owner, None, limit).await,
            whole,
            "by {limit}"
        );
    }
}

/// The order is one also where the time alone doesn't say.
pub async fn pages_are_whole_when_all_changed_at_once(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let at = samples.now();
    for _ in 0..7 {
        let mut conversation = samples.conversation(owner);
        conversation.updated_at = at;
        insert(stores, &conversation).await;
    }
    let whole = list_all(stores, owner, None, 100).await;
    let ids: HashSet<_> = whole.iter().map(|item| item.id.clone()).collect();
    assert_eq!(ids.len(), 7);
    for limit in [1, 3] {
        assert_eq!(
            list_all(stores, owner, None, limit).await,
            whole,
            "by {limit}"
        );
    }
}

/// A tombstone is no conversation.
pub async fn deleted_conversations_are_not_listed(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (gone, kept) = (samples.conversation(owner), samples.conversation(owner));
    insert(stores, &gone).await;
    insert(stores, &kept).await;
    assert!(delete(stores, &samples, owner, &gone.id).await);
    assert_eq!(list_all(stores, owner, None, 100).await, [kept]);
}

/// "Only those whose title holds this text, without regard to case."
pub async fn titles_are_searched_without_regard_to_case(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    titled(
        stores,
        &samples,
        owner,
        &["Übung für Ada", "recipes", "RECIPE book"],
    )
    .await;
    insert(stores, &samples.conversation(owner)).await;
    for (search, expected) in [
        ("recipe", vec!["RECIPE book", "recipes"]),
        ("RECIPES", vec!["recipes"]),
        ("e b", vec!["RECIPE book"]),
        ("übung FÜR", vec!["Übung für Ada"]),
        ("ADA", vec!["Übung für Ada"]),
        ("nothing", vec![]),
    ] {
        assert_eq!(titles(stores, owner, search).await, expected, "{search}");
    }
    let other = stores.add_owner(&samples, "bob").await;
    assert_eq!(titles(stores, other, "recipe").await, Vec::<String>::new());
}

/// The text is searched for as it is.
pub async fn wildcards_in_a_search_are_plain_characters(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let all = [
        "100% sure",
        "100 sure",
        "snake_case",
        "snakeXcase",
        r"C:\temp",
        "C:temp",
        "a*b",
        "it's",
    ];
    titled(stores, &samples, owner, &all).await;
    for (search, expected) in [
        ("100%", "100% sure"),
        ("%", "100% sure"),
        ("_", "snake_case"),
        ("e_c", "snake_case"),
        (r"\", r"C:\temp"),
        (r":\t", r"C:\temp"),
        ("*", "a*b"),
        ("'", "it's"),
    ] {
        assert_eq!(titles(stores, owner, search).await, [expected], "{search}");
    }
}

/// A search is walked like the list.
pub async fn a_search_has_pages_too(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let all = [
        "note 1", "other", "note 2", "other", "note 3", "other", "note 4",
    ];
    titled(stores, &samples, owner, &all).await;
    let whole = list_all(stores, owner, Some("NOTE"), 100).await;
    assert_eq!(whole.len(), 4);
    assert_eq!(list_all(stores, owner, Some("NOTE"), 2).await, whole);
}

async fn titled(stores: &Stores, samples: &Samples, owner: Owner, titles: &[&str]) {
    for title in titles {
        let mut conversation = samples.conversation(owner);
        conversation.title = Some((*title).to_owned());
        insert(stores, &conversation).await;
    }
}

async fn titles(stores: &Stores, owner: Owner, search: &str) -> Vec<String> {
    let found = list_all(stores, owner, Some(search), 100).await;
    found.into_iter().filter_map(|item| item.title).collect()
}
