//! What every [`ApiKeyRepo`](latchkey_domain::api_key::ApiKeyRepo) promises.

use std::collections::HashSet;

use latchkey_domain::{
    api_key::{
        ApiKey, InsertApiKeyError, KeyChange, KeyHint, KeyStatus, KeyVerification,
        MAX_KEYS_PER_OWNER,
    },
    id::{ApiKeyId, TeamId},
    owner::Owner,
    time::Timestamp,
};

use super::{Stores, all_at_once};
use crate::builders::Samples;

/// Makes a test of each case.
#[macro_export]
macro_rules! api_key_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { api_key_repo, $factory;
            a_key_comes_back_as_it_was_stored,
            a_key_with_nothing_optional_comes_back,
            every_status_comes_back,
            new_keys_go_to_the_end_of_the_order,
            the_order_closes_no_gap_over_the_last_key,
            the_same_key_twice_names_the_first,
            twenty_inserts_of_one_key_at_once_store_one,
            two_owners_may_have_the_same_key,
            an_owner_has_only_so_many_keys,
            parallel_inserts_never_pass_the_limit,
            parallel_inserts_each_get_a_place_of_their_own,
            a_change_writes_what_it_names,
            an_empty_change_only_notes_the_time,
            an_expiry_can_be_taken_away,
            a_change_of_an_unknown_key_says_so,
            a_verification_is_recorded,
            a_verification_of_a_replaced_secret_changes_nothing,
            a_key_is_deleted_once_and_alone,
            a_deleted_key_can_be_added_again,
            somebody_elses_key_is_like_an_unknown_one,
            a_team_with_the_users_id_is_another_owner,
        }
    };
}
pub use api_key_repo_cases as cases;

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

/// "Changes a key of `owner` and returns it."
pub async fn a_change_writes_what_it_names(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = add(stores, &samples, owner).await;
    let bystander = add(stores, &samples, owner).await;
    let expiry = samples.now();
    let change = KeyChange {
        name: Some("Private".to_owned()),
        is_active: Some(false),
        expires_at: Some(Some(expiry)),
    };
    let at = samples.now();
    let changed = update(stores, &key, &change, at).await.unwrap();
    let expected = ApiKey {
        name: "Private".to_owned(),
        is_active: false,
        expires_at: Some(expiry),
        updated_at: at,
        ..key
    };
    assert_eq!(changed, expected);
    let listed = stores.api_keys.list_api_keys(owner).await.unwrap();
    assert_eq!(listed, [expected, bystander]);
}

/// "… what is `None` stays."
pub async fn an_empty_change_only_notes_the_time(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = add(stores, &samples, owner).await;
    let at = samples.now();
    let changed = update(stores, &key, &KeyChange::default(), at).await;
    let expected = ApiKey {
        updated_at: at,
        ..key
    };
    assert_eq!(changed, Some(expected));
}

/// "… `Some(None)` takes it away."
pub async fn an_expiry_can_be_taken_away(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut key = samples.api_key(owner);
    key.expires_at = Some(samples.now());
    let key = stores.api_keys.insert_api_key(&key).await.unwrap();
    let renamed = KeyChange {
        name: Some("Other".to_owned()),
        ..KeyChange::default()
    };
    let changed = update(stores, &key, &renamed, samples.now()).await.unwrap();
    assert_eq!(changed.expires_at, key.expires_at);
    let unlimited = KeyChange {
        expires_at: Some(None),
        ..KeyChange::default()
    };
    let changed = update(stores, &key, &unlimited, samples.now())
        .await
        .unwrap();
    assert_eq!(changed.expires_at, None);
    let found = stores.api_keys.find_api_key(owner, key.id).await.unwrap();
    assert_eq!(found, Some(changed));
}

/// "`None` if there is no such key."
pub async fn a_change_of_an_unknown_key_says_so(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    add(stores, &samples, owner).await;
    let unknown = samples.api_key(owner);
    let changed = update(stores, &unknown, &KeyChange::default(), samples.now()).await;
    assert_eq!(changed, None);
}

/// "Records what was said of a key … Doesn't touch `updated_at`."
pub async fn a_verification_is_recorded(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = add(stores, &samples, owner).await;
    let bystander = add(stores, &samples, owner).await;
    let mut verification = KeyVerification {
        record_version: key.sealed.record_version,
        status: KeyStatus::NoCredit,
        detail: Some("credit balance is too low".to_owned()),
        at: samples.now(),
    };
    let recorded = record(stores, &key, &verification).await;
    let expected = ApiKey {
        status: KeyStatus::NoCredit,
        status_detail: verification.detail.clone(),
        last_verified_at: Some(verification.at),
        ..key
    };
    assert_eq!(recorded, Some(expected.clone()));
    let listed = stores.api_keys.list_api_keys(owner).await.unwrap();
    assert_eq!(listed, [expected.clone(), bystander]);

    verification.status = KeyStatus::Valid;
    verification.detail = None;
    let recorded = record(stores, &expected, &verification).await.unwrap();
    assert_eq!(recorded.status_detail, None, "old words don't stay");
}

/// "… an answer about a replaced secret changes nothing."
pub async fn a_verification_of_a_replaced_secret_changes_nothing(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut key = samples.api_key(owner);
    key.sealed.record_version = 2;
    let key = stores.api_keys.insert_api_key(&key).await.unwrap();
    for record_version in [1, 3] {
        let verification = KeyVerification {
            record_version,
            status: KeyStatus::Invalid,
            detail: None,
            at: samples.now(),
        };
        assert_eq!(record(stores, &key, &verification).await, None);
    }
    assert_eq!(stores.api_keys.list_api_keys(owner).await.unwrap(), [key]);
}

/// "Deletes a key of `owner`; `false` if there is no such key."
pub async fn a_key_is_deleted_once_and_alone(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let kept = add(stores, &samples, owner).await;
    let key = add(stores, &samples, owner).await;
    assert!(stores.api_keys.delete_api_key(owner, key.id).await.unwrap());
    assert_eq!(
        stores.api_keys.find_api_key(owner, key.id).await.unwrap(),
        None
    );
    assert_eq!(stores.api_keys.list_api_keys(owner).await.unwrap(), [kept]);
    assert!(!stores.api_keys.delete_api_key(owner, key.id).await.unwrap());
}

/// A deleted key leaves no fingerprint behind.
pub async fn a_deleted_key_can_be_added_again(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = add(stores, &samples, owner).await;
    assert!(stores.api_keys.delete_api_key(owner, key.id).await.unwrap());
    let mut again = samples.api_key(owner);
    again.fingerprint = key.fingerprint;
    stores.api_keys.insert_api_key(&again).await.unwrap();
}

/// "The owner stands in every WHERE clause: somebody else's key is not found."
pub async fn somebody_elses_key_is_like_an_unknown_one(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let eve = Owner::User(stores.add_user(&samples, "eve").await.id);
    let key = add(stores, &samples, ada).await;
    cant_be_reached_by(stores, &samples, &key, eve).await;
}

/// The kind of an owner is part of who it is.
pub async fn a_team_with_the_users_id_is_another_owner(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let key = add(stores, &samples, ada).await;
    let team = Owner::Team(TeamId::from_uuid(ada.uuid()));
    cant_be_reached_by(stores, &samples, &key, team).await;
}

async fn cant_be_reached_by(stores: &Stores, samples: &Samples, key: &ApiKey, stranger: Owner) {
    let repo = &stores.api_keys;
    assert_eq!(repo.list_api_keys(stranger).await.unwrap(), []);
    assert_eq!(repo.find_api_key(stranger, key.id).await.unwrap(), None);
    let theirs = ApiKey {
        owner: stranger,
        ..key.clone()
    };
    let change = KeyChange {
        name: Some("Mine now".to_owned()),
        ..KeyChange::default()
    };
    assert_eq!(update(stores, &theirs, &change, samples.now()).await, None);
    let verification = KeyVerification {
        record_version: key.sealed.record_version,
        status: KeyStatus::Invalid,
        detail: None,
        at: samples.now(),
    };
    assert_eq!(record(stores, &theirs, &verification).await, None);
    assert!(!repo.delete_api_key(stranger, key.id).await.unwrap());
    let listed = repo.list_api_keys(key.owner).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(key));
}

async fn one_owner(stores: &Stores) -> (Samples, Owner) {
    let samples = Samples::new();
    let owner = Owner::User(stores.add_user(&samples, "ada").await.id);
    (samples, owner)
}

async fn add(stores: &Stores, samples: &Samples, owner: Owner) -> ApiKey {
    let key = samples.api_key(owner);
    stores.api_keys.insert_api_key(&key).await.unwrap()
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

async fn update(
    stores: &Stores,
    key: &ApiKey,
    change: &KeyChange,
    at: Timestamp,
) -> Option<ApiKey> {
    let repo = &stores.api_keys;
    let changed = repo.update_api_key(key.owner, key.id, change, at).await;
    changed.unwrap()
}

async fn record(stores: &Stores, key: &ApiKey, verification: &KeyVerification) -> Option<ApiKey> {
    let repo = &stores.api_keys;
    let recorded = repo.record_verification(key.owner, key.id, verification);
    recorded.await.unwrap()
}

fn duplicate_of(result: Result<ApiKey, InsertApiKeyError>) -> ApiKeyId {
    match result {
        Err(InsertApiKeyError::Duplicate { existing }) => existing,
        other => panic!("not refused as a duplicate: {other:?}"),
    }
}
