//! What every [`DataKeyRepo`](latchkey_domain::api_key::DataKeyRepo) promises.

use latchkey_domain::{id::TeamId, owner::Owner};

use super::{Stores, all_at_once};
use crate::builders::Samples;

/// Makes a test of each case.
#[macro_export]
macro_rules! data_key_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { data_key_repo, $factory;
            a_new_database_has_no_crypto_state,
            the_crypto_state_comes_back_as_it_was_stored,
            the_first_crypto_state_stands,
            of_ten_crypto_states_at_once_one_stands,
            a_data_key_comes_back_as_it_was_stored,
            the_newest_data_key_has_the_highest_version,
            a_version_is_stored_once,
            of_twenty_first_data_keys_at_once_one_stands,
            data_keys_are_found_by_their_owner_alone,
        }
    };
}
pub use data_key_repo_cases as cases;

/// "`None` in a database that never had a keyring."
pub async fn a_new_database_has_no_crypto_state(stores: &Stores) {
    assert_eq!(stores.data_keys.find_crypto_state().await.unwrap(), None);
}

/// "Stores the crypto state of a new database …; returns the one that stands."
pub async fn the_crypto_state_comes_back_as_it_was_stored(stores: &Stores) {
    let state = Samples::new().crypto_state();
    let stands = stores.data_keys.insert_crypto_state(&state).await.unwrap();
    assert_eq!(stands, state);
    let found = stores.data_keys.find_crypto_state().await.unwrap();
    assert_eq!(found, Some(state));
}

/// "… unless there is one already."
pub async fn the_first_crypto_state_stands(stores: &Stores) {
    let samples = Samples::new();
    let (first, second) = (samples.crypto_state(), samples.crypto_state());
    stores.data_keys.insert_crypto_state(&first).await.unwrap();
    let stands = stores.data_keys.insert_crypto_state(&second).await.unwrap();
    assert_eq!(stands, first);
    let found = stores.data_keys.find_crypto_state().await.unwrap();
    assert_eq!(found, Some(first));
}

/// Replicas that start together on a new database agree.
pub async fn of_ten_crypto_states_at_once_one_stands(stores: &Stores) {
    let samples = Samples::new();
    let states: Vec<_> = (0..10).map(|_| samples.crypto_state()).collect();
    let stands = all_at_once(states.len(), |n| {
        let (repo, state) = (stores.data_keys.clone(), states.get(n).cloned().unwrap());
        async move { repo.insert_crypto_state(&state).await.unwrap() }
    })
    .await;
    let stored = stores.data_keys.find_crypto_state().await.unwrap().unwrap();
    assert!(states.contains(&stored));
    assert!(stands.iter().all(|state| *state == stored));
}

/// "The data key of `owner` with this version."
pub async fn a_data_key_comes_back_as_it_was_stored(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut key = samples.data_key(owner, 1);
    key.root_version = 5;
    key.wrapped = (0..=255).collect();
    let stands = stores.data_keys.insert_data_key(&key).await.unwrap();
    assert_eq!(stands, key);
    let found = stores.data_keys.find_data_key(owner, 1).await.unwrap();
    assert_eq!(found, Some(key));
    assert_eq!(
        stores.data_keys.find_data_key(owner, 2).await.unwrap(),
        None
    );
}

/// "The newest data key of `owner`."
pub async fn the_newest_data_key_has_the_highest_version(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let keys = [2, 3, 1].map(|version| samples.data_key(owner, version));
    for key in &keys {
        stores.data_keys.insert_data_key(key).await.unwrap();
    }
    let newest = stores.data_keys.find_newest_data_key(owner).await.unwrap();
    assert_eq!(newest.as_ref(), keys.get(1));
    for key in keys {
        let found = stores.data_keys.find_data_key(owner, key.version).await;
        assert_eq!(found.unwrap(), Some(key));
    }
}

/// "Stores `key` unless its owner already has that version; returns the one that stands."
pub async fn a_version_is_stored_once(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (first, second) = (samples.data_key(owner, 1), samples.data_key(owner, 1));
    stores.data_keys.insert_data_key(&first).await.unwrap();
    let stands = stores.data_keys.insert_data_key(&second).await.unwrap();
    assert_eq!(stands, first);
    let found = stores.data_keys.find_newest_data_key(owner).await.unwrap();
    assert_eq!(found, Some(first));
}

/// The same, decided by the unique index: a secret sealed with a key that wasn't stored would be lost.
pub async fn of_twenty_first_data_keys_at_once_one_stands(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let keys: Vec<_> = (0..20).map(|_| samples.data_key(owner, 1)).collect();
    let stands = all_at_once(keys.len(), |n| {
        let (repo, key) = (stores.data_keys.clone(), keys.get(n).cloned().unwrap());
        async move { repo.insert_data_key(&key).await.unwrap() }
    })
    .await;
    let stored = stores
        .data_keys
        .find_data_key(owner, 1)
        .await
        .unwrap()
        .unwrap();
    assert!(keys.contains(&stored));
    assert!(stands.iter().all(|key| *key == stored));
}

/// Somebody else's data key is as good as none.
pub async fn data_keys_are_found_by_their_owner_alone(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let bob = Owner::User(stores.add_user(&samples, "bob").await.id);
    let team = Owner::Team(TeamId::from_uuid(ada.uuid()));
    let adas = samples.data_key(ada, 1);
    stores.data_keys.insert_data_key(&adas).await.unwrap();
    for stranger in [bob, team] {
        let newest = stores.data_keys.find_newest_data_key(stranger).await;
        assert_eq!(newest.unwrap(), None);
        let found = stores.data_keys.find_data_key(stranger, 1).await.unwrap();
        assert_eq!(found, None);
    }
    let bobs = samples.data_key(bob, 1);
    let stands = stores.data_keys.insert_data_key(&bobs).await.unwrap();
    assert_eq!(stands, bobs, "versions count per owner");
}

async fn one_owner(stores: &Stores) -> (Samples, Owner) {
    let samples = Samples::new();
    let owner = Owner::User(stores.add_user(&samples, "ada").await.id);
    (samples, owner)
}
