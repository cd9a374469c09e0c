//! What is stored can be found at once, and what is gone can't.

use std::time::Duration;

use latchkey_domain::conversation::ConversationChange;

use super::{add_titled, found, found_ids, one_owner};
use crate::contracts::Stores;

/// "… an answer once it has ended."
pub async fn an_answer_is_found_when_it_has_ended(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let turn = samples.turn(&conversation, None, "question", samples.instance());
    stores.answers.begin_turn(&turn).await.unwrap();
    let asked = turn.user_message.as_ref().unwrap().id;
    let hits = found(stores, owner, "question").await;
    assert_eq!(hits[0].message, Some(asked));
    assert_eq!(found(stores, owner, "reply").await, []);
    let end = samples.completion(&turn, "the reply");
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    let hits = found(stores, owner, "reply").await;
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].message, Some(turn.answer.id));
}

/// A title is found as it is now.
pub async fn a_new_title_is_found_and_the_old_one_not(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let stored = add_titled(stores, &samples, owner, &["before"]).await;
    let id = stored[0].id.clone();
    let repo = &stores.conversations;
    for (title, search, expected) in [
        (Some("after"), "after", 1),
        (Some("after"), "before", 0),
        (None, "after", 0),
        (Some("again"), "again", 1),
    ] {
        let change = ConversationChange {
            title: Some(title.map(str::to_owned)),
            ..ConversationChange::default()
        };
        let changed = repo.update_conversation(owner, &id, &change, samples.now());
        assert!(changed.await.unwrap().is_some());
        assert_eq!(
            found_ids(stores, owner, search).await.len(),
            expected,
            "{search}"
        );
    }
    let pinned = ConversationChange {
        pinned: Some(true),
        ..ConversationChange::default()
    };
    let changed = repo.update_conversation(owner, &id, &pinned, samples.now());
    assert!(changed.await.unwrap().is_some());
    assert_eq!(found_ids(stores, owner, "again").await, [id]);
}

/// A turn gives a title only to a conversation that has none.
pub async fn a_title_that_a_turn_gives_is_found(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("walrus".to_owned());
    let turn = stores
        .add_turn(&samples, &conversation, None, "Hello")
        .await;
    conversation.title = Some("penguin".to_owned());
    stores
        .add_turn(&samples, &conversation, Some(turn.answer.id), "Hello")
        .await;
    assert_eq!(
        found_ids(stores, owner, "walrus").await,
        [conversation.id.clone()]
    );
    assert_eq!(found(stores, owner, "penguin").await, []);
}

/// "… what is deleted no longer", and the words of others stay.
pub async fn deleted_conversations_are_not_found(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (mut gone, kept) = (samples.conversation(owner), samples.conversation(owner));
    gone.title = Some("walrus".to_owned());
    stores.add_turn(&samples, &gone, None, "walrus").await;
    stores.add_turn(&samples, &kept, None, "walrus").await;
    let deleted = stores
        .conversations
        .delete_conversation(owner, &gone.id, samples.now());
    assert!(deleted.await.unwrap());
    assert_eq!(found_ids(stores, owner, "walrus").await, [kept.id]);
}

/// The same when it was its age.
pub async fn idle_conversations_that_were_deleted_are_not_found(stores: &Stores) {
    let (samples, _) = one_owner(stores).await;
    let mut bob = samples.user("bob");
    bob.settings.retention_days = Some(1);
    stores.users.insert_user(&bob).await.unwrap();
    let owner = bob.id.into();
    let conversation = samples.conversation(owner);
    let turn = stores
        .add_turn(&samples, &conversation, None, "walrus")
        .await;
    let later = turn.answer.created_at.plus(Duration::from_hours(48));
    let deleted = stores.conversations.delete_idle_conversations(later, 10);
    assert_eq!(deleted.await.unwrap(), 1);
    assert_eq!(found(stores, owner, "walrus").await, []);
}

/// What goes with an account goes from the index.
pub async fn a_deleted_account_leaves_nothing_to_find(stores: &Stores) {
    let samples = crate::builders::Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let owner = user.id.into();
    let conversation = samples.conversation(owner);
    stores
        .add_turn(&samples, &conversation, None, "walrus")
        .await;
    assert!(stores.users.delete_user(user.id).await.unwrap());
    assert_eq!(found(stores, owner, "walrus").await, []);
}

/// What this program stores can be found without that.
pub async fn nothing_older_is_left_to_index(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    add_titled(stores, &samples, owner, &["walrus"]).await;
    let conversation = samples.conversation(owner);
    stores
        .add_turn(&samples, &conversation, None, "walrus")
        .await;
    let indexed = stores.search.index_older_conversations(10).await;
    assert_eq!(indexed.unwrap(), 0);
}
