//! Which branch is shown.

use latchkey_domain::{
    conversation::{ConversationChange, UpdateConversationError},
    id::MessageId,
};

use super::{change_conversation, delete, find, one_owner, path};
use crate::contracts::Stores;

fn show(message: MessageId) -> ConversationChange {
    ConversationChange {
        shown: Some(message),
        ..ConversationChange::default()
    }
}

/// "The message whose branch shall be shown, down to the newest message below it."
pub async fn a_branch_is_shown_down_to_its_newest_message(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let root = stores.add_turn(&samples, &conversation, None, "root").await;
    let under = Some(root.answer.id);
    let old = stores.add_turn(&samples, &conversation, under, "old").await;
    let new = stores.add_turn(&samples, &conversation, under, "new").await;
    // The last message of all stands below the older edit.
    let last = stores
        .add_turn(&samples, &conversation, Some(old.answer.id), "last")
        .await;
    let asked = |turn: &latchkey_domain::conversation::BeginTurn| {
        turn.user_message
            .as_ref()
            .map(|message| message.id)
            .unwrap()
    };
    for (message, leaf) in [
        (asked(&new), new.answer.id),
        (asked(&old), last.answer.id),
        (new.answer.id, new.answer.id),
        (root.answer.id, last.answer.id),
        (asked(&new), new.answer.id),
        (asked(&root), last.answer.id),
    ] {
        let at = samples.now();
        let changed = change_conversation(stores, &conversation, &show(message), at).await;
        let changed = changed.expect("the conversation is there");
        assert_eq!((changed.shown_leaf, changed.updated_at), (Some(leaf), at));
        let shown = path(stores, owner, &conversation.id).await;
        assert_eq!(shown.last().map(|item| item.message.id), Some(leaf));
        assert!(shown.iter().any(|item| item.message.id == message));
    }
}

/// One change is one transaction.
pub async fn what_else_a_change_says_is_written_with_the_branch(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let first = stores
        .add_turn(&samples, &conversation, None, "first")
        .await;
    stores
        .add_turn(&samples, &conversation, None, "second")
        .await;
    let change = ConversationChange {
        title: Some(Some("Renamed".to_owned())),
        ..show(first.answer.id)
    };
    let changed = change_conversation(stores, &conversation, &change, samples.now()).await;
    let changed = changed.unwrap();
    assert_eq!(changed.title.as_deref(), Some("Renamed"));
    assert_eq!(changed.shown_leaf, Some(first.answer.id));
}

/// "`UnknownMessage` when the message to show isn't of this conversation. Then nothing is written."
pub async fn an_unknown_message_cannot_be_shown(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (mine, other) = (samples.conversation(owner), samples.conversation(owner));
    stores.add_turn(&samples, &mine, None, "mine").await;
    let foreign = stores.add_turn(&samples, &other, None, "other").await;
    let before = find(stores, owner, &mine.id).await;
    let repo = &stores.conversations;
    for message in [foreign.answer.id, MessageId::new(samples.ids())] {
        let change = ConversationChange {
            title: Some(Some("Renamed".to_owned())),
            ..show(message)
        };
        let refused = repo.update_conversation(owner, &mine.id, &change, samples.now());
        let refused = refused.await;
        assert!(
            matches!(refused, Err(UpdateConversationError::UnknownMessage)),
            "{refused:?}"
        );
        assert_eq!(find(stores, owner, &mine.id).await, before);
    }
    let eve = stores.add_owner(&samples, "eve").await;
    let change = show(foreign.answer.id);
    let theirs = repo.update_conversation(eve, &other.id, &change, samples.now());
    assert_eq!(theirs.await.unwrap(), None);
    assert!(delete(stores, &samples, owner, &other.id).await);
    let gone = repo.update_conversation(owner, &other.id, &change, samples.now());
    assert_eq!(gone.await.unwrap(), None);
}
