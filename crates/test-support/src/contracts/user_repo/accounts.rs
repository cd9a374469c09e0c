//! Accounts are made, found, listed and changed.

use latchkey_domain::{
    page::PageRequest,
    user::{
        CacheLifetime, Email, InsertUserError, OnDisconnect, User, UserRole, UserSettings,
        UserStatus,
    },
};

use super::gone_user;
use crate::{
    builders::{Samples, chat::model},
    contracts::{Stores, all_at_once},
};

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
