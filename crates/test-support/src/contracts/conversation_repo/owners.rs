//! Somebody else's conversation is no conversation.

use latchkey_domain::{
    conversation::{Conversation, ConversationChange, ConversationLookup},
    id::TeamId,
    owner::Owner,
};

use super::{change_conversation, delete, find, list_all, message, one_owner, path, turns};
use crate::{builders::Samples, contracts::Stores};

/// "The owner stands in every WHERE clause."
pub async fn somebody_elses_conversation_is_like_an_unknown_one(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let eve = stores.add_owner(&samples, "eve").await;
    cant_be_reached_by(stores, &samples, ada, eve).await;
}

/// The kind of an owner is part of who it is.
pub async fn a_team_with_the_users_id_is_another_owner(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let team = Owner::Team(TeamId::from_uuid(ada.uuid()));
    cant_be_reached_by(stores, &samples, ada, team).await;
}

async fn cant_be_reached_by(stores: &Stores, samples: &Samples, owner: Owner, stranger: Owner) {
    let conversation = samples.conversation(owner);
    let turn = stores
        .add_turn(samples, &conversation, None, "secret")
        .await;
    let (id, answer) = (&conversation.id, turn.answer.id);
    let before = path(stores, owner, id).await;

    assert_eq!(
        find(stores, stranger, id).await,
        ConversationLookup::Unknown
    );
    assert_eq!(list_all(stores, stranger, None, 100).await, []);
    assert_eq!(path(stores, stranger, id).await, []);
    assert_eq!(turns(stores, stranger, id, answer).await, []);
    assert_eq!(message(stores, stranger, id, answer).await, None);
    let theirs = Conversation {
        owner: stranger,
        ..conversation.clone()
    };
    let change = ConversationChange {
        title: Some(Some("Mine now".to_owned())),
        ..ConversationChange::default()
    };
    let changed = change_conversation(stores, &theirs, &change, samples.now()).await;
    assert_eq!(changed, None);
    assert!(!delete(stores, samples, stranger, id).await);

    let found = find(stores, owner, id).await;
    assert_eq!(found, ConversationLookup::Found(turn.conversation));
    assert_eq!(path(stores, owner, id).await, before);
}
