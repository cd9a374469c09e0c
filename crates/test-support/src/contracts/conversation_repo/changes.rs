//! What their owner, and what time, changes of conversations.

use std::time::Duration;

use latchkey_domain::{
    conversation::{Conversation, ConversationChange, ConversationLookup},
    llm::ModelId,
    user::User,
};

use super::{change_conversation, delete, find, insert, list_all, one_owner};
use crate::{builders::Samples, contracts::Stores};

/// "Changes a conversation and returns it."
pub async fn a_change_writes_what_it_names(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    let (conversation, bystander) = (samples.conversation(owner), samples.conversation(owner));
    insert(stores, &conversation).await;
    insert(stores, &bystander).await;
    let change = ConversationChange {
        title: Some(Some("New".to_owned())),
        model: Some(Some(other_model())),
        system: Some(Some("Be long.".to_owned())),
        key: Some(Some(key.id)),
        shown: None,
        pinned: Some(true),
        keep: false,
    };
    let at = samples.now();
    let changed = change_conversation(stores, &conversation, &change, at).await;
    let expected = Conversation {
        title: Some("New".to_owned()),
        model: Some(other_model()),
        system: Some("Be long.".to_owned()),
        key: Some(key.id),
        pinned: true,
        updated_at: at,
        ..conversation
    };
    assert_eq!(changed, Some(expected.clone()));
    let listed = list_all(stores, owner, None, 100).await;
    assert_eq!(listed, [expected, bystander]);
}

/// "… what is `None` stays."
pub async fn an_empty_change_only_notes_the_time(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("Title".to_owned());
    insert(stores, &conversation).await;
    let at = samples.now();
    let change = ConversationChange::default();
    let changed = change_conversation(stores, &conversation, &change, at).await;
    let expected = Conversation {
        updated_at: at,
        ..conversation
    };
    assert_eq!(changed, Some(expected));
}

/// "… `Some(None)` takes away."
pub async fn what_was_set_can_be_taken_away(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("Title".to_owned());
    conversation.key = Some(key.id);
    insert(stores, &conversation).await;
    let change = ConversationChange {
        title: Some(None),
        model: Some(None),
        system: Some(None),
        key: Some(None),
        shown: None,
        pinned: Some(false),
        keep: false,
    };
    let changed = change_conversation(stores, &conversation, &change, samples.now()).await;
    let changed = changed.unwrap();
    let fields = (
        &changed.title,
        &changed.model,
        &changed.system,
        &changed.key,
    );
    assert_eq!(fields, (&None, &None, &None, &None));
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Found(changed));
}

/// "`None` if there is none."
pub async fn a_change_of_a_deleted_conversation_says_so(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let change = ConversationChange::default();
    let changed = change_conversation(stores, &conversation, &change, samples.now()).await;
    assert_eq!(changed, None, "unknown");
    insert(stores, &conversation).await;
    assert!(delete(stores, &samples, owner, &conversation.id).await);
    let changed = change_conversation(stores, &conversation, &change, samples.now()).await;
    assert_eq!(changed, None, "deleted");
}

/// "… that had no activity for longer than their owner's retention."
pub async fn idle_conversations_are_deleted_by_their_owners_retention(stores: &Stores) {
    let samples = Samples::new();
    let ada = keeping(stores, &samples, "ada", Some(10)).await;
    let bob = keeping(stores, &samples, "bob", Some(30)).await;
    let eve = keeping(stores, &samples, "eve", None).await;
    let now = samples.now().plus(100 * DAY);
    let idle_for = |owner: &User, days: u32, more: Duration| {
        let mut conversation = samples.conversation(owner.id);
        conversation.updated_at = now.minus(days * DAY + more);
        conversation
    };
    let second = Duration::from_secs(1);
    let due = [
        idle_for(&ada, 10, second),
        idle_for(&ada, 90, second),
        idle_for(&bob, 30, second),
    ];
    let kept = [
        idle_for(&ada, 9, second),
        idle_for(&bob, 29, second),
        idle_for(&eve, 99, second),
    ];
    for conversation in due.iter().chain(&kept) {
        insert(stores, conversation).await;
    }
    let deleted = stores
        .conversations
        .delete_idle_conversations(now, 100)
        .await;
    assert_eq!(deleted.unwrap(), 3);
    only_the_kept_are_left(stores, &due, &kept).await;
    let deleted = stores
        .conversations
        .delete_idle_conversations(now, 100)
        .await;
    assert_eq!(deleted.unwrap(), 0);
}

/// "… up to `limit` conversations … Returns how many."
pub async fn deleting_idle_conversations_stops_at_the_limit(stores: &Stores) {
    let samples = Samples::new();
    let ada = keeping(stores, &samples, "ada", Some(1)).await;
    for _ in 0..5 {
        insert(stores, &samples.conversation(ada.id)).await;
    }
    let now = samples.now().plus(2 * DAY);
    for expected in [2, 2, 1, 0] {
        let deleted = stores.conversations.delete_idle_conversations(now, 2).await;
        assert_eq!(deleted.unwrap(), expected);
    }
}

const DAY: Duration = Duration::from_hours(24);

async fn keeping(stores: &Stores, samples: &Samples, name: &str, days: Option<u16>) -> User {
    let mut user = stores.add_user(samples, name).await;
    user.settings.retention_days = days;
    assert!(stores.users.update_user(&user).await.unwrap());
    user
}

fn other_model() -> ModelId {
    ModelId::parse("claude-haiku-5-5").unwrap()
}

/// "… or are temporary and had none for `TEMPORARY_FOR`": whatever the owner's retention.
pub async fn temporary_conversations_go_after_a_day_without_activity(stores: &Stores) {
    let samples = Samples::new();
    let ada = keeping(stores, &samples, "ada", None).await;
    let bob = keeping(stores, &samples, "bob", Some(10)).await;
    let now = samples.now().plus(100 * DAY);
    let idle_for = |owner: &User, temporary: bool, idle: Duration| {
        let mut conversation = samples.conversation(owner.id);
        conversation.temporary = temporary;
        conversation.updated_at = now.minus(idle);
        conversation
    };
    let second = Duration::from_secs(1);
    let due = [
        idle_for(&ada, true, DAY + second),
        idle_for(&bob, true, DAY + second),
        idle_for(&bob, true, 11 * DAY),
    ];
    let kept = [
        idle_for(&ada, true, Duration::from_hours(23)),
        idle_for(&ada, false, 50 * DAY),
        idle_for(&bob, false, 2 * DAY),
    ];
    for conversation in due.iter().chain(&kept) {
        insert(stores, conversation).await;
    }
    for expected in [2, 1, 0] {
        let repo = &stores.conversations;
        let deleted = repo.delete_idle_conversations(now, 2).await;
        assert_eq!(deleted.unwrap(), expected);
    }
    only_the_kept_are_left(stores, &due, &kept).await;
}

async fn only_the_kept_are_left(stores: &Stores, due: &[Conversation], kept: &[Conversation]) {
    for conversation in due {
        let found = find(stores, conversation.owner, &conversation.id).await;
        assert_eq!(found, ConversationLookup::Deleted);
    }
    for conversation in kept {
        let found = find(stores, conversation.owner, &conversation.id).await;
        assert_eq!(found, ConversationLookup::Found(conversation.clone()));
    }
}
