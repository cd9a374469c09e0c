//! What every [`ShareRepo`](latchkey_domain::share::ShareRepo) promises.

use std::time::Duration;

use latchkey_domain::{
    conversation::{BeginTurn, Conversation},
    id::{MessageId, ShareId},
    owner::Owner,
    share::{InsertShareError, MAX_SHARES_PER_OWNER, Share, ShareChange, ShareTokenHash},
};

use super::Stores;
use crate::builders::Samples;

/// Makes a test of each case.
#[macro_export]
macro_rules! share_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { share_repo, $factory;
            a_link_comes_back_by_its_hash,
            a_link_needs_a_conversation_and_a_message_of_it,
            an_owner_has_so_many_links,
            links_are_listed_newest_first,
            a_change_of_a_link_writes_what_it_names,
            an_ended_link_is_gone,
            links_go_with_their_conversation,
            links_go_with_their_owners_account,
            somebody_elses_link_is_like_an_unknown_one,
        }
    };
}
pub use share_repo_cases as cases;

async fn conversation(stores: &Stores) -> (Samples, Conversation, BeginTurn) {
    let samples = Samples::new();
    let owner = stores.add_owner(&samples, "ada").await;
    let conversation = samples.conversation(owner);
    let turn = stores
        .add_turn(&samples, &conversation, None, "Hello")
        .await;
    (samples, conversation, turn)
}

fn link(samples: &Samples, conversation: &Conversation, leaf: MessageId) -> Share {
    let now = samples.now();
    let id = ShareId::new(samples.ids());
    let mut hash = [7; 32];
    hash[..16].copy_from_slice(id.as_uuid().as_bytes());
    Share {
        id,
        owner: conversation.owner,
        conversation: conversation.id.clone(),
        hash: ShareTokenHash(hash),
        title: Some("zero\0 title".to_owned()),
        leaf,
        created_at: now,
        updated_at: now,
        expires_at: Some(now.plus(Duration::from_mins(1))),
    }
}

async fn insert(stores: &Stores, share: &Share) {
    stores.shares.insert_share(share).await.unwrap();
}

async fn found(stores: &Stores, share: &Share) -> Option<Share> {
    stores.shares.find_share(share.hash).await.unwrap()
}

/// "The link whose secret has this hash. Also an expired one is returned."
pub async fn a_link_comes_back_by_its_hash(stores: &Stores) {
    let (samples, conversation, turn) = conversation(stores).await;
    let mut share = link(&samples, &conversation, turn.answer.id);
    share.expires_at = Some(conversation.created_at);
    let plain = Share {
        title: None,
        expires_at: None,
        ..link(&samples, &conversation, turn.user_message.unwrap().id)
    };
    for share in [share, plain] {
        assert_eq!(found(stores, &share).await, None);
        insert(stores, &share).await;
        assert_eq!(found(stores, &share).await.as_ref(), Some(&share));
        let own = stores.shares.find_own_share(share.owner, share.id).await;
        assert_eq!(own.unwrap(), Some(share));
    }
}

/// "NothingToShow when its owner has no such conversation, or that no such message."
pub async fn a_link_needs_a_conversation_and_a_message_of_it(stores: &Stores) {
    let (samples, mine, turn) = conversation(stores).await;
    let other = samples.conversation(mine.owner);
    let foreign = stores.add_turn(&samples, &other, None, "Hello").await;
    let bob = stores.add_owner(&samples, "bob").await;
    let bobs = Conversation {
        owner: bob,
        ..mine.clone()
    };
    let none = samples.conversation(mine.owner);
    for (conversation, leaf) in [
        (&mine, foreign.answer.id),
        (&mine, MessageId::new(samples.ids())),
        (&none, turn.answer.id),
        (&bobs, turn.answer.id),
    ] {
        let share = link(&samples, conversation, leaf);
        let refused = stores.shares.insert_share(&share).await.unwrap_err();
        assert!(matches!(refused, InsertShareError::NothingToShow));
    }
}

/// "TooMany when the owner has so many links", also when many are made at the same time.
pub async fn an_owner_has_so_many_links(stores: &Stores) {
    let (samples, conversation, turn) = conversation(stores).await;
    for _ in 0..MAX_SHARES_PER_OWNER - 1 {
        insert(stores, &link(&samples, &conversation, turn.answer.id)).await;
    }
    let shares = stores.shares.clone();
    let inserted = super::all_at_once(8, |_| {
        let (shares, share) = (
            shares.clone(),
            link(&samples, &conversation, turn.answer.id),
        );
        async move { shares.insert_share(&share).await.is_ok() }
    });
    let inserted = inserted.await;
    assert_eq!(inserted.into_iter().filter(|is_there| *is_there).count(), 1);
    let share = link(&samples, &conversation, turn.answer.id);
    let refused = stores.shares.insert_share(&share).await;
    assert!(matches!(refused, Err(InsertShareError::TooMany)));
    let all = stores.shares.list_shares(conversation.owner).await.unwrap();
    assert_eq!(all.len(), MAX_SHARES_PER_OWNER);
}

/// "All links of `owner`, newest first."
pub async fn links_are_listed_newest_first(stores: &Stores) {
    let (samples, mine, turn) = conversation(stores).await;
    let other = samples.conversation(mine.owner);
    let second = stores.add_turn(&samples, &other, None, "Hello").await;
    let mut expected = Vec::new();
    for (conversation, leaf) in [
        (&mine, turn.answer.id),
        (&other, second.answer.id),
        (&mine, turn.answer.id),
    ] {
        let share = link(&samples, conversation, leaf);
        insert(stores, &share).await;
        expected.insert(0, share);
    }
    assert_eq!(
        stores.shares.list_shares(mine.owner).await.unwrap(),
        expected
    );
}

/// "What is `None` stays"; "`updated_at` becomes `at` if it shows something else from now on."
pub async fn a_change_of_a_link_writes_what_it_names(stores: &Stores) {
    let (samples, conversation, turn) = conversation(stores).await;
    let later = stores
        .add_turn(&samples, &conversation, Some(turn.answer.id), "And?")
        .await;
    let mut share = link(&samples, &conversation, turn.answer.id);
    let bystander = link(&samples, &conversation, turn.answer.id);
    insert(stores, &share).await;
    insert(stores, &bystander).await;
    let at = samples.now();
    let change = |shows, expires_at| ShareChange { shows, expires_at };
    for (change, shown) in [
        (change(None, None), share.updated_at),
        (change(None, Some(None)), share.updated_at),
        (change(None, Some(Some(at))), share.updated_at),
        (
            change(Some((later.answer.id, Some("New".to_owned()))), None),
            at,
        ),
        (change(Some((turn.answer.id, None)), Some(None)), at),
    ] {
        if let Some((leaf, title)) = change.shows.clone() {
            share.leaf = leaf;
            share.title = title;
        }
        share.expires_at = change.expires_at.unwrap_or(share.expires_at);
        share.updated_at = shown;
        let changed = stores
            .shares
            .update_share(share.owner, share.id, &change, at);
        assert_eq!(changed.await.unwrap(), Some(share.clone()), "{change:?}");
        assert_eq!(found(stores, &share).await, Some(share.clone()));
    }
    assert_eq!(found(stores, &bystander).await, Some(bystander));
}

/// "Ends a link; `false` if the owner has none with this id."
pub async fn an_ended_link_is_gone(stores: &Stores) {
    let (samples, conversation, turn) = conversation(stores).await;
    let share = link(&samples, &conversation, turn.answer.id);
    let other = link(&samples, &conversation, turn.answer.id);
    insert(stores, &share).await;
    insert(stores, &other).await;
    for ended in [true, false] {
        let deleted = stores.shares.delete_share(share.owner, share.id).await;
        assert_eq!(deleted.unwrap(), ended);
        assert_eq!(found(stores, &share).await, None);
    }
    assert_eq!(found(stores, &other).await, Some(other));
}

/// "They go with their conversation."
pub async fn links_go_with_their_conversation(stores: &Stores) {
    let (samples, conversation, turn) = conversation(stores).await;
    let share = link(&samples, &conversation, turn.answer.id);
    insert(stores, &share).await;
    let owner = conversation.owner;
    let deleted = stores
        .conversations
        .delete_conversation(owner, &conversation.id, samples.now());
    assert!(deleted.await.unwrap());
    assert_eq!(found(stores, &share).await, None);
    assert_eq!(stores.shares.list_shares(owner).await.unwrap(), []);
    assert!(!stores.shares.delete_share(owner, share.id).await.unwrap());
}

/// "… and it with its owner's account."
pub async fn links_go_with_their_owners_account(stores: &Stores) {
    let (samples, conversation, turn) = conversation(stores).await;
    let share = link(&samples, &conversation, turn.answer.id);
    insert(stores, &share).await;
    let Owner::User(user) = conversation.owner else {
        unreachable!()
    };
    assert!(stores.users.delete_user(user).await.unwrap());
    assert_eq!(found(stores, &share).await, None);
}

/// "The owner stands in every WHERE clause."
pub async fn somebody_elses_link_is_like_an_unknown_one(stores: &Stores) {
    let (samples, conversation, turn) = conversation(stores).await;
    let share = link(&samples, &conversation, turn.answer.id);
    insert(stores, &share).await;
    let bob = stores.add_owner(&samples, "bob").await;
    let shares = &stores.shares;
    assert_eq!(shares.list_shares(bob).await.unwrap(), []);
    assert_eq!(shares.find_own_share(bob, share.id).await.unwrap(), None);
    let change = ShareChange {
        expires_at: Some(None),
        ..ShareChange::default()
    };
    let changed = shares.update_share(bob, share.id, &change, samples.now());
    assert_eq!(changed.await.unwrap(), None);
    assert!(!shares.delete_share(bob, share.id).await.unwrap());
    assert_eq!(found(stores, &share).await, Some(share));
}
