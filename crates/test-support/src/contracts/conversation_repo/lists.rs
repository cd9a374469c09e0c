//! Lists, pages and pins.

use std::collections::HashSet;

use latchkey_domain::{
    conversation::{Conversation, ConversationChange, ConversationLookup},
    owner::Owner,
    page::PageRequest,
    search::{ConversationSearch, SearchWords},
};

use super::{change_conversation, delete, find, insert, list_all, one_owner};
use crate::contracts::Stores;

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

/// "Only pinned ones, or only others", in pages like the list of all.
pub async fn pinned_ones_and_others_are_lists_of_their_own(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for at in 0..9 {
        let mut conversation = samples.conversation(owner);
        conversation.pinned = at % 3 == 0;
        insert(stores, &conversation).await;
    }
    let all = list_all(stores, owner, None, 100).await;
    for (pinned, expected) in [(true, 3), (false, 6)] {
        let of_all = all.iter().filter(|item| item.pinned == pinned);
        let of_all: Vec<_> = of_all.cloned().collect();
        assert_eq!(of_all.len(), expected);
        for limit in [1, 2, 3, 100] {
            let listed = list_all(stores, owner, Some(pinned), limit).await;
            assert_eq!(listed, of_all, "by {limit}");
        }
    }
}

/// "Alone, this is no change that moves it in the list."
pub async fn pinning_alone_moves_nothing(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    insert(stores, &conversation).await;
    for pinned in [true, true, false] {
        let change = ConversationChange {
            pinned: Some(pinned),
            ..ConversationChange::default()
        };
        let changed = change_conversation(stores, &conversation, &change, samples.now()).await;
        let expected = Conversation {
            pinned,
            ..conversation.clone()
        };
        assert_eq!(changed, Some(expected));
    }
}

/// What a turn writes of a conversation is not whether it is pinned.
pub async fn a_turn_leaves_a_pin_as_it_is(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    insert(
        stores,
        &Conversation {
            pinned: true,
            ..conversation.clone()
        },
    )
    .await;
    stores
        .add_turn(&samples, &conversation, None, "Hello")
        .await;
    let pinned = list_all(stores, owner, Some(true), 100).await;
    assert_eq!(pinned.len(), 1);
    assert!(pinned.iter().all(|item| item.shown_leaf.is_some()));
}

/// "… but for temporary ones": in no list, search or export, until they are kept.
pub async fn temporary_conversations_are_not_listed_until_they_are_kept(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let temporary = Conversation {
        temporary: true,
        title: Some("Secret plans".to_owned()),
        ..samples.conversation(owner)
    };
    stores
        .add_turn(&samples, &temporary, None, "Where is the treasure?")
        .await;
    let found = find(stores, owner, &temporary.id).await;
    assert!(matches!(found, ConversationLookup::Found(found) if found.temporary));
    assert_eq!(seen_anywhere(stores, owner).await, [0, 0, 0]);
    let keep = ConversationChange {
        keep: true,
        ..ConversationChange::default()
    };
    let kept = change_conversation(stores, &temporary, &keep, samples.now()).await;
    assert_eq!(kept.map(|kept| kept.temporary), Some(false));
    assert_eq!(seen_anywhere(stores, owner).await, [1, 1, 1]);
}

/// How many conversations stand in the list, in a search, in an export.
async fn seen_anywhere(stores: &Stores, owner: Owner) -> [usize; 3] {
    let search = ConversationSearch {
        words: SearchWords::parse("treasure"),
        pinned: None,
        page: PageRequest::first(100),
    };
    stores.index_all().await;
    let found = stores.search.search_conversations(owner, &search).await;
    let exported = stores
        .archive
        .list_conversations_by_id(owner, None, 100)
        .await;
    [
        list_all(stores, owner, None, 100).await.len(),
        found.unwrap().items.len(),
        exported.unwrap().len(),
    ]
}
