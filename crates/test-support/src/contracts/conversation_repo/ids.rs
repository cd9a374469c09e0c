//! Conversations under their ids, and the tombstones of deleted ones.

use latchkey_domain::conversation::{ConversationLookup, InsertConversationError};

use super::{delete, find, id, insert, list_all, message, one_owner, path, turns};
use crate::contracts::{Stores, all_at_once};

/// "What stands under `id` of `owner`": each field, to the microsecond.
pub async fn a_conversation_comes_back_as_it_was_stored(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    let mut conversation = samples.conversation(owner);
    conversation.id = id("My_own-ID");
    conversation.title = Some("Größe \"π\"\nx".to_owned());
    conversation.system = Some("A prompt\twith 🌍".to_owned());
    conversation.key = Some(key.id);
    conversation.updated_at = samples.now();
    insert(stores, &conversation).await;
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Found(conversation));
}

/// Also `None` comes back as it was.
pub async fn a_conversation_with_nothing_optional_comes_back(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut conversation = samples.conversation(owner);
    conversation.model = None;
    conversation.system = None;
    insert(stores, &conversation).await;
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Found(conversation));
    let unknown = find(stores, owner, &id("unknown")).await;
    assert_eq!(unknown, ConversationLookup::Unknown);
}

/// "IdTaken when its owner has one with this id …"
pub async fn an_id_is_used_once_per_owner(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let first = samples.conversation(owner);
    insert(stores, &first).await;
    let mut second = samples.conversation(owner);
    second.id = first.id.clone();
    second.title = Some("Other".to_owned());
    let refused = stores.conversations.insert_conversation(&second).await;
    assert!(
        matches!(refused, Err(InsertConversationError::IdTaken)),
        "{refused:?}"
    );
    let found = find(stores, owner, &first.id).await;
    assert_eq!(found, ConversationLookup::Found(first));
}

/// The unique index decides, not a look-up before.
pub async fn twenty_inserts_of_one_id_at_once_store_one(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let results = all_at_once(20, |_| {
        let repo = stores.conversations.clone();
        let mut conversation = samples.conversation(owner);
        conversation.id = id("same");
        async move { repo.insert_conversation(&conversation).await }
    })
    .await;
    let taken = |result: &&_| matches!(result, Err(InsertConversationError::IdTaken));
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(taken).count(), 19);
    assert_eq!(list_all(stores, owner, None, 100).await.len(), 1);
}

/// "Its key is (owner, id)."
pub async fn two_owners_may_use_the_same_id(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let bob = stores.add_owner(&samples, "bob").await;
    let adas = samples.conversation(ada);
    let mut bobs = samples.conversation(bob);
    bobs.id = adas.id.clone();
    insert(stores, &adas).await;
    insert(stores, &bobs).await;
    assert!(delete(stores, &samples, ada, &adas.id).await);
    let found = find(stores, bob, &bobs.id).await;
    assert_eq!(found, ConversationLookup::Found(bobs));
}

/// Clients choose ids; `a` and `A` are two.
pub async fn ids_differ_by_case(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for name in ["chat", "Chat", "cha_", "ch-t"] {
        let mut conversation = samples.conversation(owner);
        conversation.id = id(name);
        insert(stores, &conversation).await;
        let found = find(stores, owner, &conversation.id).await;
        assert_eq!(found, ConversationLookup::Found(conversation));
    }
}

/// "… or had one that was deleted"; "… leaves its id as a tombstone."
pub async fn a_deleted_id_is_never_used_again(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    insert(stores, &conversation).await;
    assert!(delete(stores, &samples, owner, &conversation.id).await);
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Deleted);
    let refused = stores
        .conversations
        .insert_conversation(&conversation)
        .await;
    assert!(
        matches!(refused, Err(InsertConversationError::IdTaken)),
        "{refused:?}"
    );
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Deleted);
}

/// "Deletes a conversation with its messages."
pub async fn a_deleted_conversation_leaves_no_message(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let turn = stores
        .add_turn(&samples, &conversation, None, "Hello")
        .await;
    assert!(delete(stores, &samples, owner, &conversation.id).await);
    assert_eq!(path(stores, owner, &conversation.id).await, []);
    assert_eq!(
        turns(stores, owner, &conversation.id, turn.answer.id).await,
        []
    );
    let message = message(stores, owner, &conversation.id, turn.answer.id).await;
    assert_eq!(message, None);
}

/// "`false` if there is none."
pub async fn deleting_twice_says_so(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    insert(stores, &conversation).await;
    assert!(delete(stores, &samples, owner, &conversation.id).await);
    assert!(!delete(stores, &samples, owner, &conversation.id).await);
    assert!(!delete(stores, &samples, owner, &id("unknown")).await);
    let found = find(stores, owner, &id("unknown")).await;
    assert_eq!(
        found,
        ConversationLookup::Unknown,
        "no tombstone for what never was"
    );
}

/// Only the conversation that is named.
pub async fn deleting_one_conversation_leaves_the_others(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (gone, kept) = (samples.conversation(owner), samples.conversation(owner));
    stores.add_turn(&samples, &gone, None, "Gone").await;
    stores.add_turn(&samples, &kept, None, "Kept").await;
    assert!(delete(stores, &samples, owner, &gone.id).await);
    assert_eq!(path(stores, owner, &kept.id).await.len(), 2);
    assert_eq!(list_all(stores, owner, None, 100).await.len(), 1);
}
