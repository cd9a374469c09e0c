//! Passwords and the status change, and sessions end.

use latchkey_domain::{
    personal_token::TokenFate,
    user::{PasswordChange, UserStatus},
};

use super::{gone_user, signed_in};
use crate::{
    builders::Samples,
    contracts::{Stores, all_at_once},
};

/// "… raises the security version by one … and ends all sessions but `keep_session`."
pub async fn a_new_password_raises_the_version_and_ends_the_other_sessions(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let kept = signed_in(stores, &samples, ada.id).await;
    let ended = signed_in(stores, &samples, ada.id).await;
    let change = PasswordChange {
        keep_session: Some(kept.id),
        ..samples.password_change(ada.id)
    };
    let version = stores.users.change_password(&change).await.unwrap();
    assert_eq!(version, Some(ada.security_version + 1));
    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    assert_eq!(stored.password_hash, Some(change.hash));
    assert_eq!(stored.security_version, ada.security_version + 1);
    assert_eq!(stored.updated_at, change.at);
    assert_eq!(stores.sessions.list_sessions(ada.id).await.unwrap(), [kept]);
    let lookup = stores.sessions.find_session(ended.id).await.unwrap();
    assert_eq!(lookup, None);
}

/// The same with no session to keep.
pub async fn a_new_password_without_a_session_to_keep_ends_all(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    signed_in(stores, &samples, ada.id).await;
    signed_in(stores, &samples, ada.id).await;
    let change = samples.password_change(ada.id);
    stores
        .users
        .change_password(&change)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stores.sessions.list_sessions(ada.id).await.unwrap(), []);
}

/// "… voids open reset codes …"
pub async fn a_new_password_voids_open_reset_codes(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let change = samples.password_change(ada.id);
    stores.users.change_password(&change).await.unwrap();
    let found = stores.users.find_reset_code(code.hash, change.at).await;
    assert_eq!(found.unwrap(), None);
    let hash = samples.password_hash();
    let redeemed = stores
        .users
        .redeem_reset_code(code.hash, &hash, TokenFate::Keep, change.at);
    assert_eq!(redeemed.await.unwrap(), None);
}

/// Only the account that is named.
pub async fn a_new_password_leaves_other_accounts_alone(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let bobs = signed_in(stores, &samples, bob.id).await;
    let code = samples.reset_code(bob.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let change = PasswordChange {
        keep_session: Some(bobs.id),
        ..samples.password_change(ada.id)
    };
    stores.users.change_password(&change).await.unwrap();
    assert_eq!(
        stores.users.find_user(bob.id).await.unwrap(),
        Some(bob.clone())
    );
    assert_eq!(stores.sessions.list_sessions(bob.id).await.unwrap(), [bobs]);
    let found = stores
        .users
        .find_reset_code(code.hash, code.created_at)
        .await;
    assert_eq!(found.unwrap(), Some(bob.id));
}

/// "`None` if the account is gone."
pub async fn a_new_password_for_a_gone_account_says_so(stores: &Stores) {
    let samples = Samples::new();
    let gone = gone_user(stores, &samples).await;
    let change = samples.password_change(gone.id);
    assert_eq!(stores.users.change_password(&change).await.unwrap(), None);
}

/// "… raises the security version by one": no raise is lost.
pub async fn parallel_password_changes_each_raise_the_version(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let changes: Vec<_> = (0..8).map(|_| samples.password_change(ada.id)).collect();
    let mut versions = all_at_once(changes.len(), |n| {
        let (repo, change) = (stores.users.clone(), changes.get(n).cloned().unwrap());
        async move { repo.change_password(&change).await.unwrap().unwrap() }
    })
    .await;
    versions.sort_unstable();
    let expected: Vec<u32> = (1..=8).map(|n| ada.security_version + n).collect();
    assert_eq!(versions, expected);
}

/// "Replaces `old` by `new` … if `old` still stands; ends nothing."
pub async fn a_rehash_replaces_the_hash_and_ends_nothing(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, ada.id).await;
    let (old, new) = (ada.password_hash.clone().unwrap(), samples.password_hash());
    stores
        .users
        .rehash_password(ada.id, &old, &new)
        .await
        .unwrap();
    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    assert_eq!(stored.password_hash, Some(new));
    assert_eq!(stored.security_version, ada.security_version);
    assert_eq!(
        stores.sessions.list_sessions(ada.id).await.unwrap(),
        [session]
    );
}

/// "… if `old` still stands …": a password that was changed meanwhile stays changed.
pub async fn a_rehash_of_another_hash_changes_nothing(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let (stale, new) = (samples.password_hash(), samples.password_hash());
    stores
        .users
        .rehash_password(ada.id, &stale, &new)
        .await
        .unwrap();
    assert_eq!(stores.users.find_user(ada.id).await.unwrap(), Some(ada));
}

/// "… disabling raises the security version and ends all sessions."
pub async fn disabling_raises_the_version_and_ends_all_sessions(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    signed_in(stores, &samples, ada.id).await;
    let bobs = signed_in(stores, &samples, bob.id).await;
    let at = samples.now();
    let set = stores
        .users
        .set_user_status(ada.id, UserStatus::Disabled, at);
    assert!(set.await.unwrap());
    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    assert_eq!(stored.status, UserStatus::Disabled);
    assert_eq!(stored.security_version, ada.security_version + 1);
    assert_eq!(stored.updated_at, at);
    assert_eq!(stores.sessions.list_sessions(ada.id).await.unwrap(), []);
    assert_eq!(stores.sessions.list_sessions(bob.id).await.unwrap(), [bobs]);
}

/// Only disabling ends anything.
pub async fn enabling_ends_nothing(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, ada.id).await;
    let at = samples.now();
    let set = stores.users.set_user_status(ada.id, UserStatus::Active, at);
    assert!(set.await.unwrap());
    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    assert_eq!(stored.status, UserStatus::Active);
    assert_eq!(stored.security_version, ada.security_version);
    assert_eq!(
        stores.sessions.list_sessions(ada.id).await.unwrap(),
        [session]
    );
}

/// "`false` if the account is gone."
pub async fn the_status_of_a_gone_account_cant_be_set(stores: &Stores) {
    let samples = Samples::new();
    let gone = gone_user(stores, &samples).await;
    let set = stores
        .users
        .set_user_status(gone.id, UserStatus::Disabled, samples.now());
    assert!(!set.await.unwrap());
}
