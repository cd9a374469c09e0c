//! Somebody else's key is no key.

use latchkey_domain::{
    api_key::{ApiKey, KeyChange, KeyStatus, KeyVerification},
    id::TeamId,
    owner::Owner,
};

use super::{add, one_owner, record, update};
use crate::{builders::Samples, contracts::Stores};

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
