//! Keys are added: once, in order, not too many.

use std::collections::HashSet;

use latchkey_domain::{
    api_key::{ApiKey, InsertApiKeyError, KeyHint, KeyStatus, MAX_KEYS_PER_OWNER},
    id::ApiKeyId,
    owner::Owner,
};

use super::{add, one_owner};
use crate::contracts::{Stores, all_at_once};

/// "Inserts a new key … and returns it with its position."
pub async fn a_key_comes_back_as_it_was_stored(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut key = samples.api_key(owner);
    "Arbeit \u{1F511}".clone_into(&mut key.name);
    key.hint = KeyHint::from_stored("…Ünï".to_owned());
    key.sealed.blob = (0..=255).collect();
    key.sealed.data_key_version = 3;
    key.sealed.record_version = 4;
    key.status_detail = Some("says \"no\"\n".to_owned());
    key.is_active = false;
    key.updated_at = samples.now();
    key.last_used_at = Some(samples.now());
    key.last_verified_at = Some(samples.now());
    key.expires_at = Some(samples.now());
    key.rotated_at = Some(samples.now());
    let stored = stores.api_keys.insert_api_key(&key).await.unwrap();
    key.position = stored.position;
    assert_eq!(stored, key);
    let found = stores.api_keys.find_api_key(owner, key.id).await.unwrap();
    assert_eq!(found, Some(key.clone()));
    assert_eq!(stores.api_keys.list_api_keys(owner).await.unwrap(), [key]);
}

/// Also `None` comes back as it was.
pub async fn a_key_with_nothing_optional_comes_back(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut key = samples.api_key(owner);
    key.last_verified_at = None;
    let stored = stores.api_keys.insert_api_key(&key).await.unwrap();
    let found = stores.api_keys.find_api_key(owner, key.id).await.unwrap();
    assert_eq!(found, Some(stored.clone()));
    key.position = stored.position;
    assert_eq!(stored, key);
}

/// No state is lost on the way.
pub async fn every_status_comes_back(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for status in KeyStatus::ALL {
        let mut key = samples.api_key(owner);
        key.status = status;
        stores.api_keys.insert_api_key(&key).await.unwrap();
        let found = stores.api_keys.find_api_key(owner, key.id).await.unwrap();
        assert_eq!(found.map(|key| key.status), Some(status));
    }
}

/// "… at the end of its owner's order of use …"; "All keys of `owner`, in order of use."
pub async fn new_keys_go_to_the_end_of_the_order(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let other = Owner::User(stores.add_user(&samples, "bob").await.id);
    let mut expected = Vec::new();
    for _ in 0..4 {
        let mut key = samples.api_key(owner);
        key.position = -7;
        expected.push(stores.api_keys.insert_api_key(&key).await.unwrap());
        add(stores, &samples, other).await;
    }
    let positions: Vec<i32> = expected.iter().map(|key| key.position).collect();
    assert!(positions.is_sorted_by(|a, b| a < b), "{positions:?}");
    assert_eq!(
        stores.api_keys.list_api_keys(owner).await.unwrap(),
        expected
    );
}

/// A key that was deleted in the middle doesn't give its place to a new one.
pub async fn the_order_closes_no_gap_over_the_last_key(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let first = add(stores, &samples, owner).await;
    let middle = add(stores, &samples, owner).await;
    let last = add(stores, &samples, owner).await;
    assert!(
        stores
            .api_keys
            .delete_api_key(owner, middle.id)
            .await
            .unwrap()
    );
    let new = add(stores, &samples, owner).await;
    let listed = stores.api_keys.list_api_keys(owner).await.unwrap();
    assert_eq!(listed, [first, last, new]);
}

/// "Duplicate when the owner has a key with this fingerprint."
pub async fn the_same_key_twice_names_the_first(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let first = add(stores, &samples, owner).await;
    let mut second = samples.api_key(owner);
    second.fingerprint = first.fingerprint;
    let refused = stores.api_keys.insert_api_key(&second).await;
    assert_eq!(duplicate_of(refused), first.id);
    assert_eq!(stores.api_keys.list_api_keys(owner).await.unwrap(), [first]);
}

/// "… the unique index decides: of twenty at the same time one is stored."
pub async fn twenty_inserts_of_one_key_at_once_store_one(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let fingerprint = samples.api_key(owner).fingerprint;
    let keys: Vec<ApiKey> = (0..20)
        .map(|_| ApiKey {
            fingerprint,
            ..samples.api_key(owner)
        })
        .collect();
    let (stored, refused): (Vec<_>, Vec<_>) = insert_at_once(stores, keys)
        .await
        .into_iter()
        .partition(Result::is_ok);
    assert_eq!((stored.len(), refused.len()), (1, 19));
    let winner = stored.into_iter().next().unwrap().unwrap();
    for refusal in refused {
        assert_eq!(duplicate_of(refusal), winner.id);
    }
    assert_eq!(
        stores.api_keys.list_api_keys(owner).await.unwrap(),
        [winner]
    );
}

/// Duplicates are found inside one owner.
pub async fn two_owners_may_have_the_same_key(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let bob = Owner::User(stores.add_user(&samples, "bob").await.id);
    let adas = add(stores, &samples, ada).await;
    let mut bobs = samples.api_key(bob);
    bobs.fingerprint = adas.fingerprint;
    let bobs = stores.api_keys.insert_api_key(&bobs).await.unwrap();
    assert_eq!(stores.api_keys.list_api_keys(ada).await.unwrap(), [adas]);
    assert_eq!(stores.api_keys.list_api_keys(bob).await.unwrap(), [bobs]);
}

/// "TooMany when the owner has `MAX_KEYS_PER_OWNER` keys."
pub async fn an_owner_has_only_so_many_keys(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for _ in 0..MAX_KEYS_PER_OWNER {
        add(stores, &samples, owner).await;
    }
    let refused = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await;
    assert!(
        matches!(refused, Err(InsertApiKeyError::TooMany)),
        "{refused:?}"
    );
    let listed = stores.api_keys.list_api_keys(owner).await.unwrap();
    assert_eq!(listed.len(), MAX_KEYS_PER_OWNER);

    let other = Owner::User(stores.add_user(&samples, "bob").await.id);
    add(stores, &samples, other).await;
    let freed = listed.first().unwrap().id;
    assert!(stores.api_keys.delete_api_key(owner, freed).await.unwrap());
    add(stores, &samples, owner).await;
}

/// The limit isn't a look-up before the insert.
pub async fn parallel_inserts_never_pass_the_limit(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for _ in 1..MAX_KEYS_PER_OWNER {
        add(stores, &samples, owner).await;
    }
    let keys = (0..8).map(|_| samples.api_key(owner)).collect();
    let results = insert_at_once(stores, keys).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let too_many = |result: &&_| matches!(result, Err(InsertApiKeyError::TooMany));
    assert_eq!(results.iter().filter(too_many).count(), 7);
    let listed = stores.api_keys.list_api_keys(owner).await.unwrap();
    assert_eq!(listed.len(), MAX_KEYS_PER_OWNER);
}

/// The order of use has one key at each place.
pub async fn parallel_inserts_each_get_a_place_of_their_own(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let keys = (0..20).map(|_| samples.api_key(owner)).collect();
    let positions: HashSet<i32> = insert_at_once(stores, keys)
        .await
        .into_iter()
        .map(|result| result.unwrap().position)
        .collect();
    assert_eq!(positions.len(), 20);
}

async fn insert_at_once(
    stores: &Stores,
    keys: Vec<ApiKey>,
) -> Vec<Result<ApiKey, InsertApiKeyError>> {
    all_at_once(keys.len(), |n| {
        let (repo, key) = (stores.api_keys.clone(), keys.get(n).cloned().unwrap());
        async move { repo.insert_api_key(&key).await }
    })
    .await
}

fn duplicate_of(result: Result<ApiKey, InsertApiKeyError>) -> ApiKeyId {
    match result {
        Err(InsertApiKeyError::Duplicate { existing }) => existing,
        other => panic!("not refused as a duplicate: {other:?}"),
    }
}
