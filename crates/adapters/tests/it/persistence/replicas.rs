//! Two replicas on one PostgreSQL: neither remembers what the other has changed.

use latchkey_domain::{
    Owner,
    api_key::{ApiKey, KeyChange},
};
use latchkey_test_support::builders::Samples;

use super::databases::{PostgresDatabase, migrated};

/// Keys are changed, replaced and deleted on one replica and read on the other at once, a hundred times each.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_replica_did_to_a_key_the_other_sees_at_once() {
    let fresh = PostgresDatabase::create().await;
    let one = fresh.database().await;
    let other = migrated(&fresh.settings()).await;
    let samples = Samples::new();
    let user = samples.user("ada");
    one.users().insert_user(&user).await.unwrap();
    let owner = Owner::User(user.id);
    let (here, there) = (one.api_keys(), other.api_keys());
    for n in 0..100 {
        let key = here.insert_api_key(&samples.api_key(owner)).await.unwrap();
        // From here on the other replica knows the key.
        let found = there.find_api_key(owner, key.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&key), "round {n}");

        let change = KeyChange {
            is_active: Some(false),
            ..KeyChange::default()
        };
        let changed = here
            .update_api_key(owner, key.id, &change, samples.now())
            .await
            .unwrap();
        assert!(!changed.as_ref().unwrap().is_active);
        let found = there.find_api_key(owner, key.id).await.unwrap();
        assert_eq!(found, changed, "round {n}");

        assert!(here.delete_api_key(owner, key.id).await.unwrap());
        let replacement = ApiKey {
            fingerprint: key.fingerprint,
            ..samples.api_key(owner)
        };
        let replacement = here.insert_api_key(&replacement).await.unwrap();
        let found = there.find_api_key(owner, key.id).await.unwrap();
        assert_eq!(found, None, "round {n}");
        let listed = there.list_api_keys(owner).await.unwrap();
        assert_eq!(listed, [replacement], "round {n}");

        let id = listed.first().unwrap().id;
        assert!(here.delete_api_key(owner, id).await.unwrap());
        assert_eq!(there.find_api_key(owner, id).await.unwrap(), None);
        assert_eq!(there.list_api_keys(owner).await.unwrap(), []);
    }
}
