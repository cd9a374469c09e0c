//! What every [`UserRepo`](latchkey_domain::user::UserRepo) promises.

use std::time::Duration;

use latchkey_domain::{
    audit::AuditAction,
    conversation::ConversationLookup,
    id::UserId,
    owner::Owner,
    page::PageRequest,
    session::Session,
    time::Timestamp,
    usage::{UsageGroupBy, UsageQuery},
    user::{
        CacheLifetime, Email, InsertUserError, OnDisconnect, PasswordChange, ResetCodeHash, User,
        UserRole, UserSettings, UserStatus,
    },
};

use super::{Stores, all_at_once};
use crate::builders::{Samples, chat::model};

/// Makes a test of each case.
#[macro_export]
macro_rules! user_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { user_repo, $factory;
            the_first_account_is_the_administrator,
            later_accounts_get_the_role_they_ask_for,
            of_two_first_accounts_at_once_one_is_the_administrator,
            an_address_belongs_to_one_account,
            twenty_accounts_at_once_with_one_address_become_one,
            an_account_comes_back_as_it_was_stored,
            an_account_with_nothing_optional_comes_back,
            an_account_is_found_by_its_address,
            an_unknown_account_is_not_found,
            accounts_are_listed_oldest_first_page_by_page,
            update_writes_name_settings_and_time_alone,
            update_of_a_gone_account_says_so,
            a_new_password_raises_the_version_and_ends_the_other_sessions,
            a_new_password_without_a_session_to_keep_ends_all,
            a_new_password_voids_open_reset_codes,
            a_new_password_leaves_other_accounts_alone,
            a_new_password_for_a_gone_account_says_so,
            parallel_password_changes_each_raise_the_version,
            a_rehash_replaces_the_hash_and_ends_nothing,
            a_rehash_of_another_hash_changes_nothing,
            disabling_raises_the_version_and_ends_all_sessions,
            enabling_ends_nothing,
            the_status_of_a_gone_account_cant_be_set,
            deleting_takes_all_that_is_the_accounts,
            deleting_leaves_others_alone,
            deleting_leaves_ledger_and_audit_with_ids_only,
            deleting_twice_says_so,
            a_deleted_accounts_address_is_free_again,
            a_reset_code_is_found_until_it_expires,
            looking_at_a_reset_code_doesnt_use_it_up,
            a_newer_reset_code_voids_the_older,
            reset_codes_of_two_accounts_dont_meet,
            a_reset_code_sets_the_password_once,
            an_expired_or_unknown_code_resets_nothing,
            of_two_that_redeem_one_code_one_wins,
        }
    };
}
pub use user_repo_cases as cases;

/// "… Admin if it is the very first account of the server …"
pub async fn the_first_account_is_the_administrator(stores: &Stores) {
    let ada = Samples::new().user("ada");
    assert_eq!(
        stores.users.insert_user(&ada).await.unwrap(),
        UserRole::Admin
    );
    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    assert_eq!(stored.role, UserRole::Admin);
}

/// "… else `user.role`."
pub async fn later_accounts_get_the_role_they_ask_for(stores: &Stores) {
    let samples = Samples::new();
    stores.add_user(&samples, "ada").await;
    for (name, role) in [("bob", UserRole::User), ("eve", UserRole::Admin)] {
        let mut user = samples.user(name);
        user.role = role;
        assert_eq!(stores.users.insert_user(&user).await.unwrap(), role);
        let stored = stores.users.find_user(user.id).await.unwrap().unwrap();
        assert_eq!(stored.role, role);
    }
}

/// "Of two first accounts at the same time one is first."
pub async fn of_two_first_accounts_at_once_one_is_the_administrator(stores: &Stores) {
    let samples = Samples::new();
    let users: Vec<User> = (0..8).map(|n| samples.user(&format!("user{n}"))).collect();
    let roles = all_at_once(users.len(), |n| {
        let (repo, user) = (stores.users.clone(), users.get(n).cloned().unwrap());
        async move { repo.insert_user(&user).await.unwrap() }
    })
    .await;
    let admins = roles
        .iter()
        .filter(|role| **role == UserRole::Admin)
        .count();
    assert_eq!(admins, 1);
    for (user, role) in users.iter().zip(roles) {
        let stored = stores.users.find_user(user.id).await.unwrap().unwrap();
        assert_eq!(stored.role, role, "the answer is what is stored");
    }
}

/// "EmailTaken when another account has the address."
pub async fn an_address_belongs_to_one_account(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let mut other = samples.user("eve");
    other.email = Email::parse("ADA@Example.org").unwrap();
    let refused = stores.users.insert_user(&other).await;
    assert!(
        matches!(refused, Err(InsertUserError::EmailTaken)),
        "{refused:?}"
    );
    assert_eq!(stores.users.find_user(other.id).await.unwrap(), None);
    let stored = stores.users.find_user_by_email(&ada.email).await.unwrap();
    assert_eq!(stored, Some(ada));
}

/// The unique index decides, not a look-up before.
pub async fn twenty_accounts_at_once_with_one_address_become_one(stores: &Stores) {
    let samples = Samples::new();
    let users: Vec<User> = (0..20).map(|_| samples.user("ada")).collect();
    let results = all_at_once(users.len(), |n| {
        let (repo, user) = (stores.users.clone(), users.get(n).cloned().unwrap());
        async move { repo.insert_user(&user).await }
    })
    .await;
    let refused = |result: &&_| matches!(result, Err(InsertUserError::EmailTaken));
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(refused).count(), 19);
    let page = stores
        .users
        .list_users(PageRequest::first(100))
        .await
        .unwrap();
    assert_eq!(page.items.len(), 1);
}

/// "The account with this id": each field, to the microsecond.
pub async fn an_account_comes_back_as_it_was_stored(stores: &Stores) {
    let samples = Samples::new();
    stores.add_user(&samples, "first").await;
    let mut user = samples.user("ada");
    user.name = Some("Ada \u{1F469}\u{200D}\u{1F4BB} Λ".to_owned());
    user.role = UserRole::Admin;
    user.status = UserStatus::Disabled;
    user.security_version = 7;
    user.updated_at = samples.now();
    user.terms_accepted_at = Some(samples.now());
    user.settings = settings();
    stores.users.insert_user(&user).await.unwrap();
    assert_eq!(stores.users.find_user(user.id).await.unwrap(), Some(user));
}

/// Also `None` comes back as it was.
pub async fn an_account_with_nothing_optional_comes_back(stores: &Stores) {
    let samples = Samples::new();
    stores.add_user(&samples, "first").await;
    let mut user = samples.user("ada");
    user.name = None;
    user.password_hash = None;
    user.terms_accepted_at = None;
    stores.users.insert_user(&user).await.unwrap();
    assert_eq!(stores.users.find_user(user.id).await.unwrap(), Some(user));
}

/// "The account with this address."
pub async fn an_account_is_found_by_its_address(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    stores.add_user(&samples, "eve").await;
    let typed = Email::parse("  Ada@Example.ORG").unwrap();
    let found = stores.users.find_user_by_email(&typed).await.unwrap();
    assert_eq!(found, Some(ada));
}

/// Nothing is nothing, not an error.
pub async fn an_unknown_account_is_not_found(stores: &Stores) {
    let samples = Samples::new();
    stores.add_user(&samples, "ada").await;
    let stranger = samples.user("eve");
    assert_eq!(stores.users.find_user(stranger.id).await.unwrap(), None);
    let by_address = stores.users.find_user_by_email(&stranger.email).await;
    assert_eq!(by_address.unwrap(), None);
}

/// "All accounts, oldest first." None twice, none lost.
pub async fn accounts_are_listed_oldest_first_page_by_page(stores: &Stores) {
    let samples = Samples::new();
    let mut expected = Vec::new();
    for n in 0..7 {
        expected.push(stores.add_user(&samples, &format!("user{n}")).await);
    }
    let mut seen = Vec::new();
    let mut request = PageRequest::first(3);
    loop {
        let page = stores.users.list_users(request.clone()).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items);
        let Some(next) = page.next else { break };
        request = request.after(Some(next));
    }
    assert_eq!(seen, expected);
}

/// "Writes name, settings and `updated_at` of `user`."
pub async fn update_writes_name_settings_and_time_alone(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let mut changed = samples.user("someone-else");
    changed.id = ada.id;
    changed.name = Some("Ada L.".to_owned());
    changed.settings = settings();
    changed.role = UserRole::User;
    changed.status = UserStatus::Disabled;
    changed.security_version = 99;
    changed.terms_accepted_at = None;
    assert!(stores.users.update_user(&changed).await.unwrap());
    let expected = User {
        name: changed.name,
        settings: changed.settings,
        updated_at: changed.updated_at,
        ..ada
    };
    let stored = stores.users.find_user(ada.id).await.unwrap();
    assert_eq!(stored, Some(expected.clone()));

    let plain = User {
        name: None,
        settings: UserSettings::default(),
        updated_at: samples.now(),
        ..expected
    };
    assert!(stores.users.update_user(&plain).await.unwrap());
    let stored = stores.users.find_user(ada.id).await.unwrap();
    assert_eq!(stored, Some(plain), "what was set can be taken away");
}

/// "`false` if the account is gone."
pub async fn update_of_a_gone_account_says_so(stores: &Stores) {
    let samples = Samples::new();
    let gone = gone_user(stores, &samples).await;
    assert!(!stores.users.update_user(&gone).await.unwrap());
    assert_eq!(stores.users.find_user(gone.id).await.unwrap(), None);
}

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
    let redeemed = stores.users.redeem_reset_code(code.hash, &hash, change.at);
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

/// "Deletes the account with its keys, data keys, conversations and sessions."
pub async fn deleting_takes_all_that_is_the_accounts(stores: &Stores) {
    let samples = Samples::new();
    stores.add_user(&samples, "first").await;
    let ada = stores.add_user(&samples, "ada").await;
    let owner = Owner::User(ada.id);
    let session = signed_in(stores, &samples, ada.id).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    stores
        .data_keys
        .insert_data_key(&samples.data_key(owner, 1))
        .await
        .unwrap();
    let conversation = samples.conversation(owner);
    let turn = samples.turn(&conversation, None, "Hello", samples.instance());
    stores.answers.begin_turn(&turn).await.unwrap();
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();

    assert!(stores.users.delete_user(ada.id).await.unwrap());

    assert_eq!(stores.users.find_user(ada.id).await.unwrap(), None);
    assert_eq!(
        stores.users.find_user_by_email(&ada.email).await.unwrap(),
        None
    );
    assert_eq!(
        stores.sessions.find_session(session.id).await.unwrap(),
        None
    );
    assert_eq!(stores.api_keys.list_api_keys(owner).await.unwrap(), []);
    assert_eq!(
        stores.api_keys.find_api_key(owner, key.id).await.unwrap(),
        None
    );
    assert_eq!(
        stores.data_keys.find_newest_data_key(owner).await.unwrap(),
        None
    );
    let lookup = stores
        .conversations
        .find_conversation(owner, &conversation.id);
    assert_eq!(lookup.await.unwrap(), ConversationLookup::Unknown);
    let path = stores
        .conversations
        .list_shown_path(owner, &conversation.id);
    assert_eq!(path.await.unwrap(), []);
    let found = stores
        .users
        .find_reset_code(code.hash, code.created_at)
        .await;
    assert_eq!(found.unwrap(), None);
}

/// Only the account that is named.
pub async fn deleting_leaves_others_alone(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let owner = Owner::User(bob.id);
    let session = signed_in(stores, &samples, bob.id).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    let conversation = samples.conversation(owner);
    stores
        .conversations
        .insert_conversation(&conversation)
        .await
        .unwrap();

    assert!(stores.users.delete_user(ada.id).await.unwrap());

    assert_eq!(
        stores.users.find_user(bob.id).await.unwrap(),
        Some(bob.clone())
    );
    assert_eq!(
        stores.sessions.list_sessions(bob.id).await.unwrap(),
        [session]
    );
    assert_eq!(stores.api_keys.list_api_keys(owner).await.unwrap(), [key]);
    let lookup = stores
        .conversations
        .find_conversation(owner, &conversation.id);
    assert_eq!(
        lookup.await.unwrap(),
        ConversationLookup::Found(conversation)
    );
}

/// "Ledger and audit rows stay, with ids only."
pub async fn deleting_leaves_ledger_and_audit_with_ids_only(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let mut event = samples.usage_event(ada.id);
    event.key = Some(samples.api_key(ada.id).id);
    event.key_name = Some("Ada's own key".to_owned());
    event.payer = Some(Owner::User(ada.id));
    stores.usage.append_usage(&[event.clone()]).await.unwrap();
    let line = samples.audit_event(ada.id, AuditAction::KeyAdded);
    stores.audit.append_audit(&line).await.unwrap();
    let by_key = UsageQuery {
        user: ada.id,
        from: event.at.day(),
        to: event.at.day(),
        group_by: vec![UsageGroupBy::Key],
    };
    let mut before = stores.usage.summarize_usage(&by_key).await.unwrap();

    assert!(stores.users.delete_user(ada.id).await.unwrap());

    for group in &mut before {
        group.key_name = None;
    }
    let after = stores.usage.summarize_usage(&by_key).await.unwrap();
    assert_eq!(
        after, before,
        "the sums and ids stay, the name that somebody typed goes"
    );
    assert_eq!(after.len(), 1);
    let lines = stores
        .audit
        .list_audit(Owner::User(ada.id), 10)
        .await
        .unwrap();
    assert_eq!(lines, [line]);
}

/// "`false` if it was gone already."
pub async fn deleting_twice_says_so(stores: &Stores) {
    let samples = Samples::new();
    let gone = gone_user(stores, &samples).await;
    assert!(!stores.users.delete_user(gone.id).await.unwrap());
}

/// Nothing of a deleted account is in the way of a new one.
pub async fn a_deleted_accounts_address_is_free_again(stores: &Stores) {
    let samples = Samples::new();
    stores.add_user(&samples, "first").await;
    let gone = gone_user(stores, &samples).await;
    let mut again = samples.user("again");
    again.email = gone.email;
    stores.users.insert_user(&again).await.unwrap();
    let found = stores.users.find_user_by_email(&again.email).await.unwrap();
    assert_eq!(found, Some(again));
}

/// "… if it isn't expired at `at`."
pub async fn a_reset_code_is_found_until_it_expires(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let last = code.expires_at.minus(Duration::from_micros(1));
    for (at, expected) in [
        (code.created_at, Some(ada.id)),
        (last, Some(ada.id)),
        (code.expires_at, None),
        (code.expires_at.plus(Duration::from_secs(1)), None),
    ] {
        let found = stores.users.find_reset_code(code.hash, at).await.unwrap();
        assert_eq!(found, expected, "at {at}");
    }
    let unknown = ResetCodeHash([9; 32]);
    let found = stores.users.find_reset_code(unknown, code.created_at).await;
    assert_eq!(found.unwrap(), None);
}

/// "Does not use it up."
pub async fn looking_at_a_reset_code_doesnt_use_it_up(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    for _ in 0..3 {
        let found = stores
            .users
            .find_reset_code(code.hash, code.created_at)
            .await;
        assert_eq!(found.unwrap(), Some(ada.id));
    }
}

/// "Stores a reset code, and voids earlier ones of the same account."
pub async fn a_newer_reset_code_voids_the_older(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let (older, newer) = (samples.reset_code(ada.id), samples.reset_code(ada.id));
    stores.users.insert_reset_code(&older).await.unwrap();
    stores.users.insert_reset_code(&newer).await.unwrap();
    let at = samples.now();
    assert_eq!(
        stores.users.find_reset_code(older.hash, at).await.unwrap(),
        None
    );
    let hash = samples.password_hash();
    let redeemed = stores.users.redeem_reset_code(older.hash, &hash, at).await;
    assert_eq!(redeemed.unwrap(), None);
    let found = stores.users.find_reset_code(newer.hash, at).await.unwrap();
    assert_eq!(found, Some(ada.id));
}

/// "… of the same account."
pub async fn reset_codes_of_two_accounts_dont_meet(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let (adas, bobs) = (samples.reset_code(ada.id), samples.reset_code(bob.id));
    stores.users.insert_reset_code(&adas).await.unwrap();
    stores.users.insert_reset_code(&bobs).await.unwrap();
    let at = samples.now();
    for (code, user) in [(adas, ada.id), (bobs, bob.id)] {
        let found = stores.users.find_reset_code(code.hash, at).await.unwrap();
        assert_eq!(found, Some(user));
    }
}

/// "Uses the code up and does what `change_password` does with `new`."
pub async fn a_reset_code_sets_the_password_once(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    signed_in(stores, &samples, ada.id).await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let (new, at) = (samples.password_hash(), samples.now());
    let redeemed = stores.users.redeem_reset_code(code.hash, &new, at).await;
    assert_eq!(redeemed.unwrap(), Some(ada.id));

    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    assert_eq!(stored.password_hash, Some(new.clone()));
    assert_eq!(stored.security_version, ada.security_version + 1);
    assert_eq!(stored.updated_at, at);
    assert_eq!(stores.sessions.list_sessions(ada.id).await.unwrap(), []);

    let other = samples.password_hash();
    let again = stores.users.redeem_reset_code(code.hash, &other, at).await;
    assert_eq!(again.unwrap(), None);
    assert_eq!(
        stores.users.find_reset_code(code.hash, at).await.unwrap(),
        None
    );
    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    assert_eq!(stored.password_hash, Some(new));
}

/// "`None` if the code is unknown, used or expired at `at`."
pub async fn an_expired_or_unknown_code_resets_nothing(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, ada.id).await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let attempts: [(ResetCodeHash, Timestamp); 2] = [
        (code.hash, code.expires_at),
        (ResetCodeHash([9; 32]), code.created_at),
    ];
    for (hash, at) in attempts {
        let new = samples.password_hash();
        let redeemed = stores.users.redeem_reset_code(hash, &new, at).await;
        assert_eq!(redeemed.unwrap(), None);
    }
    assert_eq!(
        stores.users.find_user(ada.id).await.unwrap(),
        Some(ada.clone())
    );
    assert_eq!(
        stores.sessions.list_sessions(ada.id).await.unwrap(),
        [session]
    );
}

/// "… of two that present it at the same time only one gets the account."
pub async fn of_two_that_redeem_one_code_one_wins(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let at = samples.now();
    let hashes: Vec<_> = (0..8).map(|_| samples.password_hash()).collect();
    let results = all_at_once(hashes.len(), |n| {
        let (repo, new) = (stores.users.clone(), hashes.get(n).cloned().unwrap());
        async move { repo.redeem_reset_code(code.hash, &new, at).await.unwrap() }
    })
    .await;
    let winners: Vec<usize> = (0..8)
        .filter(|n| results.get(*n) == Some(&Some(ada.id)))
        .collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert_eq!(results.iter().filter(|result| result.is_none()).count(), 7);
    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    let winner = winners.first().and_then(|n| hashes.get(*n));
    assert_eq!(stored.password_hash.as_ref(), winner);
    assert_eq!(stored.security_version, ada.security_version + 1);
}

fn settings() -> UserSettings {
    UserSettings {
        default_model: Some(model()),
        on_disconnect: OnDisconnect::Stop,
        prompt_cache: CacheLifetime::OneHour,
        retention_days: Some(30),
        language: Some("de-AT".to_owned()),
        time_zone: Some("Europe/Vienna".to_owned()),
    }
}

async fn signed_in(stores: &Stores, samples: &Samples, user: UserId) -> Session {
    let session = samples.session(user);
    stores.sessions.insert_session(&session).await.unwrap();
    session
}

async fn gone_user(stores: &Stores, samples: &Samples) -> User {
    let user = stores.add_user(samples, "gone").await;
    assert!(stores.users.delete_user(user.id).await.unwrap());
    user
}
