//! Keys are changed, judged, deleted.

use latchkey_domain::api_key::{ApiKey, KeyChange, KeyStatus, KeyVerification};

use super::{add, one_owner, record, update};
use crate::contracts::Stores;

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
