//! What every [`ApiKeyRepo`](latchkey_domain::api_key::ApiKeyRepo) promises.

mod changes;
mod inserts;
mod order;
mod owners;

use latchkey_domain::{
    api_key::{ApiKey, KeyChange, KeyVerification},
    owner::Owner,
    time::Timestamp,
};

use super::Stores;
use crate::builders::Samples;

pub use changes::*;
pub use inserts::*;
pub use order::*;
pub use owners::*;

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
            keys_are_put_into_another_order,
            an_order_must_name_each_key_once,
            orders_and_inserts_at_once_leave_no_place_taken_twice,
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

async fn one_owner(stores: &Stores) -> (Samples, Owner) {
    let samples = Samples::new();
    let owner = Owner::User(stores.add_user(&samples, "ada").await.id);
    (samples, owner)
}

async fn add(stores: &Stores, samples: &Samples, owner: Owner) -> ApiKey {
    let key = samples.api_key(owner);
    stores.api_keys.insert_api_key(&key).await.unwrap()
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
