//! The texts of turns wait until they are made findable.

use latchkey_domain::conversation::ConversationChange;

use super::{found, found_ids, one_owner};
use crate::contracts::{Stores, all_at_once};

async fn index(stores: &Stores, limit: u32) -> u64 {
    stores.search.index_pending(limit).await.unwrap()
}

/// "Returns how many it dealt with …: fewer than `limit` when no more were ready."
pub async fn texts_of_turns_are_made_findable_a_few_at_a_time(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    assert_eq!(index(stores, 2).await, 0);
    for text in ["walrus", "penguin"] {
        let mut conversation = samples.conversation(owner);
        conversation.title = Some(format!("About the {text}"));
        stores.add_turn(&samples, &conversation, None, text).await;
    }
    // Two titles, two questions, two answers.
    assert_eq!(index(stores, 4).await, 4);
    assert_eq!(index(stores, 4).await, 2);
    assert_eq!(index(stores, 4).await, 0);
    for text in ["about walrus", "penguin"] {
        assert_eq!(found(stores, owner, text).await.len(), 1, "{text}");
    }
}

/// "Answers wait until they have ended."
pub async fn an_answer_that_runs_keeps_no_other_text_waiting(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("Animals".to_owned());
    let first = samples.turn(&conversation, None, "walrus", samples.instance());
    let second = samples.turn(&conversation, None, "penguin", samples.instance());
    for turn in [&first, &second] {
        stores.answers.begin_turn(turn).await.unwrap();
    }
    stores.index_all().await;
    assert_eq!(index(stores, 10).await, 0, "both answers run");
    for text in ["animals", "walrus", "penguin"] {
        assert_eq!(found(stores, owner, text).await.len(), 1, "{text}");
    }
    let end = samples.completion(&second, "a bird");
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    assert_eq!(index(stores, 10).await, 1);
    assert_eq!(index(stores, 10).await, 0);
    let hits = found(stores, owner, "bird").await;
    assert_eq!(hits[0].message, Some(second.answer.id));
}

/// "… also those that were deleted meanwhile."
pub async fn what_was_deleted_waits_no_longer(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut gone = samples.conversation(owner);
    gone.title = Some("walrus".to_owned());
    stores.add_turn(&samples, &gone, None, "walrus").await;
    let running = samples.turn(&gone, None, "walrus", samples.instance());
    stores.answers.begin_turn(&running).await.unwrap();
    let conversations = &stores.conversations;
    let deleted = conversations.delete_conversation(owner, &gone.id, samples.now());
    assert!(deleted.await.unwrap());
    let bob = stores.add_user(&samples, "bob").await;
    let of_bob = samples.conversation(bob.id);
    stores.add_turn(&samples, &of_bob, None, "walrus").await;
    assert!(stores.users.delete_user(bob.id).await.unwrap());
    let kept = samples.conversation(owner);
    stores.add_turn(&samples, &kept, None, "walrus").await;
    assert_eq!(found_ids(stores, owner, "walrus").await, [kept.id]);
    assert_eq!(index(stores, 100).await, 0);
}

/// A title that was changed before it was made findable is found as it is then.
pub async fn a_title_is_found_as_it_is_when_it_is_indexed(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("before".to_owned());
    stores
        .add_turn(&samples, &conversation, None, "Hello")
        .await;
    let change = ConversationChange {
        title: Some(Some("after".to_owned())),
        ..ConversationChange::default()
    };
    let repo = &stores.conversations;
    let changed = repo.update_conversation(owner, &conversation.id, &change, samples.now());
    assert!(changed.await.unwrap().is_some());
    assert_eq!(found_ids(stores, owner, "after").await, [conversation.id]);
    assert_eq!(found(stores, owner, "before").await, []);
}

/// "What somebody else is about to make findable is waited for."
pub async fn texts_that_many_index_at_once_are_found_once(stores: &Stores) {
    const CALLERS: usize = 8;
    let (samples, owner) = one_owner(stores).await;
    for number in 0..20 {
        let mut conversation = samples.conversation(owner);
        conversation.title = Some(format!("walrus {number}"));
        stores
            .add_turn(&samples, &conversation, None, "penguin")
            .await;
    }
    let indexed = all_at_once(CALLERS, |_| {
        let search = stores.search.clone();
        async move { search.index_pending(100).await.unwrap() }
    });
    assert_eq!(indexed.await.iter().sum::<u64>(), 60);
    for text in ["walrus", "penguin"] {
        let search = super::asked(text, 100);
        let page = stores.search.search_conversations(owner, &search).await;
        assert_eq!(page.unwrap().items.len(), 20, "{text}");
    }
}
